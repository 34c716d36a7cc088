"""The notifications service: who is told what, by mail and in the inbox, and what became of each message."""

from services.notifications import api, handlers, timers
from services.notifications.model.policies import KINDS
from services.notifications.settings import NotificationSettings
from services.notifications.store.deliveries import LOOKS
from shared.events import facts_of
from shared.service import Service

service = Service(
    name="notifications",
    tells=facts_of("notifications"),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies=KINDS,
    settings=NotificationSettings,
    looks=LOOKS,
    loops=(timers.deliver, timers.watch_mail),
    prepare=timers.check_templates,
)
