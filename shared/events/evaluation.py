"""What the evaluation service tells."""

from enum import StrEnum
from uuid import UUID

from shared.events.base import Event, Part, Topic
from shared.events.complaints import Visibility

EVALUATIONS = Topic("evaluations.v1", sender="evaluation")


class Outcome(StrEnum):
    """What the balance tests say together."""

    NOT_ENOUGH_EVIDENCE = "not enough evidence"
    ISOLATED = "isolated"
    INCONCLUSIVE = "inconclusive"
    WATCH = "watch"
    NEED = "need"


class Status(StrEnum):
    """A provisional result is a proposal until the direct superior confirms it."""

    PROVISIONAL = "provisional"


class Need(Part):
    """A training need: opened once per employee and balance test until it closes."""

    need_id: UUID
    test: str
    part: str
    dimension: str


class DimensionScore(Part):
    """A dimension's score as a canonical decimal string (`"78.21"`), or none for want of evidence."""

    dimension: str
    score: str | None


class EvaluationOpened(Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """An evaluation of one employee about one incident was opened by a complaint."""

    evaluation_id: UUID
    complaint_id: UUID
    incident_id: UUID
    employee_id: UUID
    visibility: Visibility


class EvaluationCompleted(Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """A result was computed: revision 1 on opening, more as evidence of the same incident joins.

    `complaint_id` is the complaint that caused this revision; `needs` holds only the needs that this revision opened.
    """

    evaluation_id: UUID
    complaint_id: UUID
    incident_id: UUID
    employee_id: UUID
    revision: int
    status: Status
    outcome: Outcome
    scores: tuple[DimensionScore, ...]
    needs: tuple[Need, ...]
    policy_version: str
    visibility: Visibility
