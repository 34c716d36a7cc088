"""What the evaluation service tells."""

from datetime import date
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
    """A provisional result is a proposal until the direct superior confirms it; an objection suspends its effects."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    SUSPENDED = "suspended"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class Predicate(StrEnum):
    """A civil servant's predicate, best first. The matrix says Butuh Perbaikan where the scale says Cukup."""

    SANGAT_BAIK = "Sangat Baik"
    BAIK = "Baik"
    CUKUP = "Cukup"
    BUTUH_PERBAIKAN = "Butuh Perbaikan"
    KURANG = "Kurang"
    SANGAT_KURANG = "Sangat Kurang"


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


class _Evaluation(Part):
    evaluation_id: UUID
    """The evaluation."""
    employee_id: UUID
    """The officer evaluated."""
    visibility: Visibility
    """The strictest of its complaints."""


class _Effects(_Evaluation):
    revision: int
    """The revision that it is about."""
    outcome: Outcome
    """What counts from now on."""
    needs: tuple[Need, ...] = ()
    """All training needs that rest on it now, newly opened ones among them."""
    withdrawn: tuple[UUID, ...] = ()
    """The needs that it takes back."""


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
    """A result was computed, or computed again: evidence of the same incident joined, or what it rests on was corrected
    or found otherwise, and it says something else now."""

    evaluation_id: UUID
    """The evaluation."""
    complaint_id: UUID
    """The complaint that caused this revision; where a correction did, the one before it."""
    incident_id: UUID
    """The incident: one officer, one part, one day."""
    employee_id: UUID
    """The officer evaluated."""
    revision: int
    """1 on opening, one more each time that evidence joins, is corrected, or is found otherwise; one that says the
    same as before is not told."""
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
    """The needs that it had opened and takes back: what they rested on was corrected, or found otherwise."""
    news: bool = True
    """Whether officer and superior are to be told: not where a complaint joined and nothing else changed, nor where
    another result that the same finding or correction moved speaks for this one."""


class EvaluationConfirmed(_Effects, Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """The direct superior confirmed a provisional result, or adjusted it with reasons; or silence confirmed it."""

    confirmed_by: UUID | None
    """Who: the superior, or who stands in; nobody where the policy lets silence confirm."""
    adjusted: bool
    """Whether the outcome is another than the computed one."""


class EvaluationWithdrawn(_Evaluation, Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """An evaluation lost its cause: its complaint concerns somebody or something else, was taken back, or ended."""

    reason: str
    """`reassigned`, `category corrected`, `same incident` (a person linked its complaint to another's), `another
    incident` (the link was undone), `complaint withdrawn`, `complaint invalid`, `complaint passed on`, or `complaint
    referred` (to the inspectorate)."""
    withdrawn: tuple[UUID, ...] = ()
    """The needs that it had opened and takes back."""


class ObjectionFiled(_Evaluation, Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """The officer objected within the term (keberatan): the effects are suspended until it is decided."""

    objection_id: UUID
    """The objection."""
    decides_id: UUID | None
    """The superior of the assessor, who decides; none where the directory knows nobody."""
    due_on: date
    """The last day to decide, local."""


class ObjectionDecided(_Effects, Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """The assessor's superior decided an objection; that is final."""

    objection_id: UUID
    """The objection."""
    upheld: bool
    """Whether the officer was right: the result is another now."""


class CoachingOffered(_Evaluation, Event, topic=EVALUATIONS, key="{evaluation_id}"):
    """A result in watch: coaching is offered, in private. The offer stands, whatever becomes of the result."""

    revision: int
    """The revision that offered it."""
    tests: tuple[str, ...]
    """The balance tests in watch."""


class NeedClosed(Event, topic=EVALUATIONS, key="need:{need_id}"):
    """A training need ended: its course was completed. Evidence counts anew from the day after."""

    need_id: UUID
    """The need."""
    employee_id: UUID
    """Whose it was."""
    test: str
    """Its balance test."""


class PeriodOpened(Event, topic=EVALUATIONS, key="period:{period}"):
    """A period began."""

    period: str
    """`2026-Q1`, or `2026` for a year."""
    since: date
    """Its first day, local."""
    until: date
    """Its last day, local."""


class PeriodClosed(Event, topic=EVALUATIONS, key="period:{period}"):
    """A period was closed: what comes late goes to the next."""

    period: str
    """`2026-Q1`, or `2026` for a year."""
    employees: int
    """How many were assessed."""


class _Assessed(Part):
    period: str
    """`2026-Q1`, or `2026` for a year."""
    employee_id: UUID
    """The officer."""
    assessment_id: UUID
    """Where it is read (`GET /assessments/{assessment_id}` of evaluation)."""


class PeriodAssessed(_Assessed, Event, topic=EVALUATIONS, key="period:{period} {employee_id}"):
    """The result of one officer for a closed period, as a proposal to the superior; its predicate is read there."""


class PeriodDecided(_Assessed, Event, topic=EVALUATIONS, key="period:{period} {employee_id}"):
    """The direct superior set an officer's predicate for a period: the proposed one, or another with reasons."""

    predicate: Predicate
    """The predicate that counts from now on."""
    decided_by: UUID | None
    """Who: the superior, or who stands in; nobody where the policy lets silence confirm."""
    adjusted: bool
    """Whether it is another than the proposed one."""
    objection_until: date
    """The last day to object, local."""


class PeriodObjectionFiled(_Assessed, Event, topic=EVALUATIONS, key="period:{period} {employee_id}"):
    """The officer objected to the predicate within the term (keberatan): it is suspended until that is decided."""

    objection_id: UUID
    """The objection."""
    decides_id: UUID | None
    """The superior of the assessor, who decides; none where the directory knows nobody."""
    due_on: date
    """The last day to decide, local."""


class PeriodObjectionDecided(_Assessed, Event, topic=EVALUATIONS, key="period:{period} {employee_id}"):
    """The assessor's superior decided an objection to a predicate; that is final."""

    objection_id: UUID
    """The objection."""
    predicate: Predicate
    """The predicate that counts from now on."""
    upheld: bool
    """Whether the officer was right: the predicate is another now."""
