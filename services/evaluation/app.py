"""The evaluation service: evidence of officers, what it says, and the training needs that it shows."""

from services.evaluation import api, handlers, timers
from services.evaluation.model.policies import KINDS
from services.evaluation.settings import EvaluationSettings
from shared.events import facts_of
from shared.service import Service

service = Service(
    name="evaluation",
    tells=facts_of("evaluation"),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies=KINDS,
    settings=EvaluationSettings,
)
