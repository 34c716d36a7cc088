"""The evaluation service: evidence of officers, what it says, and the training needs that it shows."""

from services.evaluation import api, handlers, timers
from services.evaluation.model.decisions import DecisionPolicy
from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.model.predicate import PredicatePolicy
from services.evaluation.settings import EvaluationSettings
from shared.events import evaluation as events
from shared.service import Service

service = Service(
    name="evaluation",
    tells=(
        *(events.EvaluationOpened, events.EvaluationCompleted, events.EvaluationConfirmed, events.EvaluationWithdrawn),
        *(events.ObjectionFiled, events.ObjectionDecided, events.CoachingOffered, events.NeedClosed),
        *(events.PeriodOpened, events.PeriodAssessed, events.PeriodClosed),
    ),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies={"scoring": ScoringPolicy, "view": ViewPolicy, "predicate": PredicatePolicy, "decisions": DecisionPolicy},
    settings=EvaluationSettings,
)
