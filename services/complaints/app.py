"""The complaints service at a glance."""

from services.complaints import api, handlers, timers
from services.complaints.model.policies import KINDS
from services.complaints.settings import ComplaintSettings
from shared.events import complaints as events
from shared.service import Service

service = Service(
    name="complaints",
    tells=(
        *(events.ComplaintFiled, events.ComplaintAssigned, events.ServiceDelivered, events.ServiceOverdue),
        events.ServiceRevised,
        *(events.SubmissionAccepted, events.SubmissionRefused),
    ),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies=KINDS,
    settings=ComplaintSettings,
)
