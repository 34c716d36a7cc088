"""The complaints service at a glance."""

from services.complaints import api, handlers, timers
from services.complaints.model.policies import KINDS
from services.complaints.settings import ComplaintSettings
from services.complaints.store import webhooks
from shared.events import complaints as events
from shared.service import Service
from shared.telemetry.tables import Look

service = Service(
    name="complaints",
    tells=(
        *(events.ComplaintFiled, events.ComplaintAssigned, events.ServiceDelivered, events.ServiceOverdue),
        *(events.ServiceRevised, events.ReporterErased),
        *(events.DeadlineNear, events.ComplaintEscalated, events.DeadlineMoved),
        *(events.SubmissionAccepted, events.SubmissionRefused),
    ),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies=KINDS,
    settings=ComplaintSettings,
    looks=(
        Look(webhooks.WEBHOOKS_BY_STATE, {"webhooks": "Webhooks of offices by how they stand"}, ("state",)),
        Look(webhooks.DELIVERIES_OPEN, {"webhook_deliveries": "Answers not posted: pending, given up"}, ("state",)),
    ),
    loops=(timers.post_webhooks,),
)
