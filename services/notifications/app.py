"""The notifications service: who is told what, by mail and in the inbox, and what became of each message."""

from services.notifications import api, handlers, store, timers
from services.notifications.model import DeliveryPolicy
from services.notifications.settings import NotificationSettings
from shared.events.notifications import NotificationAccepted, NotificationFailed
from shared.service import Service
from shared.telemetry.tables import Look

service = Service(
    name="notifications",
    tells=(NotificationAccepted, NotificationFailed),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies={"delivery": DeliveryPolicy},
    settings=NotificationSettings,
    looks=(Look(store.DELIVERIES_OPEN, {"deliveries": "Deliveries not accepted or suppressed"}, ("state",)),),
    loops=(timers.deliver, timers.watch_mail),
)
