"""The kinds of dated policy that `policy/` holds, by the name of their files."""

from services.evaluation.model.decisions import DecisionPolicy
from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.model.predicate import PredicatePolicy
from shared.policy import Policy

KINDS: dict[str, type[Policy]] = {
    "scoring": ScoringPolicy,
    "view": ViewPolicy,
    "predicate": PredicatePolicy,
    "decisions": DecisionPolicy,
}
