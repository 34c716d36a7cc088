"""The complaints service at a glance."""

from services.complaints import api, handlers, timers
from services.complaints.model.policies import KINDS
from services.complaints.settings import ComplaintSettings
from services.complaints.store import webhooks
from shared.events import complaints as events
from shared.service import Service

service = Service(
    name="complaints",
    tells=(
        *(events.ComplaintFiled, events.ComplaintVerified, events.ComplaintAssigned, events.PraiseGiven),
        *(events.DataRequested, events.DataProvided, events.CommentAdded, events.ComplaintAnswered),
        *(events.FindingRevised, events.ComplaintRated, events.ComplaintClosed, events.ComplaintReopened),
        *(events.ComplaintRejected, events.ComplaintPassedOn, events.ComplaintReferred, events.ComplaintWithdrawn),
        *(events.DeadlineNear, events.ComplaintEscalated, events.DeadlineMoved, events.ComplaintLinked),
        *(events.IdentityRevealed, events.ReporterErased),
        *(events.ServiceDelivered, events.ServiceOverdue, events.ServiceRevised),
        *(events.SubmissionAccepted, events.SubmissionRefused),
    ),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies=KINDS,
    settings=ComplaintSettings,
    looks=webhooks.LOOKS,
    loops=(timers.post_webhooks,),
)
