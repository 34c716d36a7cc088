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
    """The need."""
    test: str
    """The balance test that shows it: a service's code (`ktp`), a part (`delay`), or `all` services together."""
    part: str
    """The part of the score that the test belongs to."""
    dimension: str
    """The dimension that the part belongs to."""


class DimensionScore(Part):
    """A dimension's score."""

    dimension: str
    """The dimension: `discipline`, `competence`, `conduct` or `innovation`."""
    score: str | None
    """As a canonical decimal string (`"78.21"`); none for want of evidence."""


class EvaluationOpened(Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """An evaluation of one employee about one incident was opened by a complaint."""

    evaluation_id: UUID
    """The evaluation."""
    complaint_id: UUID
    """The complaint that opened it."""
    incident_id: UUID
    """The incident: one officer, one part, one day."""
    employee_id: UUID
    """The officer evaluated."""
    visibility: Visibility
    """Who may learn of it, from the complaint."""


class EvaluationCompleted(Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """A result was computed, or computed again: evidence of the same incident joined, or was corrected."""

    evaluation_id: UUID
    """The evaluation."""
    complaint_id: UUID
    """The complaint that caused this revision; where a correction did, the one before it."""
    incident_id: UUID
    """The incident: one officer, one part, one day."""
    employee_id: UUID
    """The officer evaluated."""
    revision: int
    """1 on opening, one more each time that evidence joins or is corrected."""
    status: Status
    outcome: Outcome
    scores: tuple[DimensionScore, ...]
    """The score of each dimension."""
    needs: tuple[Need, ...]
    """The training needs that this revision opened, and only those."""
    policy_version: str
    """The scoring policy that it was computed by."""
    visibility: Visibility
    """The strictest of its complaints."""
    withdrawn: tuple[UUID, ...] = ()
    """The needs that it had opened and takes back, since a service record was corrected."""
