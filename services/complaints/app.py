"""The complaints service at a glance."""

from services.complaints import api, handlers, timers
from services.complaints.model.policies import KINDS
from services.complaints.settings import ComplaintSettings
from services.complaints.store import webhooks
from shared.events import facts_of
from shared.service import Service

service = Service(
    name="complaints",
    tells=facts_of("complaints"),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies=KINDS,
    settings=ComplaintSettings,
    looks=webhooks.LOOKS,
    loops=(timers.post_webhooks,),
)
