"""The notifications service: who is told what, by mail and in the inbox, and what became of each message."""

from services.notifications import api, handlers, timers
from services.notifications.model.policies import DeliveryPolicy, NoticesPolicy
from services.notifications.settings import NotificationSettings
from services.notifications.store.deliveries import DELIVERIES_OPEN
from shared.events.notifications import NotificationAccepted, NotificationFailed, NotificationSuppressed
from shared.service import Service
from shared.telemetry.tables import Look

service = Service(
    name="notifications",
    tells=(NotificationAccepted, NotificationFailed, NotificationSuppressed),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies={"delivery": DeliveryPolicy, "notices": NoticesPolicy},
    settings=NotificationSettings,
    looks=(Look(DELIVERIES_OPEN, {"deliveries": "Deliveries not accepted or suppressed"}, ("state",)),),
    loops=(timers.mail, timers.show, timers.watch_mail),
    prepare=timers.check_templates,
)
