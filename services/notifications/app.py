"""The notifications service: who is told what, by mail and in the inbox, and what became of each message."""

from services.notifications import api, handlers, timers
from services.notifications.model import DeliveryPolicy
from services.notifications.settings import NotificationSettings
from shared.events.notifications import NotificationAccepted, NotificationFailed
from shared.service import Service

service = Service(
    name="notifications",
    tells=(NotificationAccepted, NotificationFailed),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies={"delivery": DeliveryPolicy},
    settings=NotificationSettings,
    loops=(timers.deliver,),
)
