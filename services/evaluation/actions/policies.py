"""The dated policies of evaluation, as the verbs ask for them."""

from collections.abc import Callable
from datetime import date
from typing import Protocol

from services.evaluation.model.decisions import DecisionPolicy
from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.rules.gather import On
from shared.policy import Policies


class Dated(Protocol):
    """Who knows the policies: a batch, or a route that reads."""

    @property
    def policies(self) -> Policies:
        """All of them."""


def viewing(tx: Dated) -> Callable[[date], ViewPolicy]:
    """The policy of views in force on a day."""
    return lambda day: tx.policies.in_force(ViewPolicy, "view", on=day)


def deciding(tx: Dated) -> Callable[[date], DecisionPolicy]:
    """The policy of decisions in force on a day."""
    return lambda day: tx.policies.in_force(DecisionPolicy, "decisions", on=day)


def scoring(tx: Dated) -> On:
    """The scoring policy in force on a day; evidence older than the first policy is judged by the first."""
    known = tx.policies.known["scoring"]
    first = known[0].valid_from

    def on(day: date) -> ScoringPolicy:
        return tx.policies.in_force(ScoringPolicy, "scoring", on=max(day, first))

    return on
