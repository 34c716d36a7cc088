"""The words of decisions: their dated numbers, what is decided about, and what is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Protocol, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.evaluation.model.result import Result
from shared.events.complaints import Visibility
from shared.events.evaluation import Need, Outcome, Status
from shared.policy import Numbers, Policy

Days = Annotated[int, Field(ge=1)]


class SilenceNumbers(Numbers):
    """For which categories silence confirms, and after how many working days; and after how many a period's predicate
    (none: never).
    """

    working_days: Days
    categories: tuple[str, ...]
    period_working_days: Days | None = None


class DecisionPolicy(Policy):
    """Every number of replies, confirmations, objections and periods. Days are calendar days, or say `working`."""

    reply_working_days: Days
    decide_working_days: Days
    silence: SilenceNumbers
    objection_days: Days
    statement_working_days: Days
    objection_working_days: Days
    close_after_working_days: Days
    # 2026.1 had no term for it: a predicate was due at once.
    decide_period_working_days: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _silence_waits_for_the_reply(self) -> Self:
        if self.silence.working_days < self.reply_working_days:
            raise ValueError("silence.working_days ends before reply_working_days: nobody could reply in time")
        silent = self.silence.period_working_days
        if silent is not None and silent < self.decide_period_working_days:
            raise ValueError("silence.period_working_days ends before decide_period_working_days: nobody was late yet")
        return self


@dataclass(frozen=True, slots=True)
class Terms:
    """Local days of one revision, each the last in time: to reply, to decide, and before silence confirms (if ever)."""

    reply_until: date
    decide_until: date
    silent_until: date | None


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection as it stands. `statement`: the assessor's own words, once given."""

    objection_id: UUID
    filed_at: datetime
    reasons: str
    statement_until: date
    due_on: date
    statement: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a superior decided about a revision. `decided_by`: none where silence confirmed."""

    decided_by: UUID | None
    outcome: Outcome
    objection_until: date


class Decided(Protocol):
    """A decision, as an objection looks at it. `decided_by`: none where silence confirmed."""

    @property
    def decided_by(self) -> UUID | None:
        """Who decided."""

    @property
    def objection_until(self) -> date:
        """The last day to object, local."""


class Decidable(Protocol):
    """What is decided, objected to, and decided again by the next level: an evaluation, or a period's assessment."""

    @property
    def status(self) -> Status:
        """How it stands."""

    @property
    def decision(self) -> Decided | None:
        """What was decided, once it was."""

    @property
    def objection(self) -> Objection | None:
        """The objection to it, once there is one."""


@dataclass(frozen=True, slots=True)
class Case:
    """An evaluation as it is decided about: its latest revision, what was said of it, and the needs that rest on it."""

    evaluation_id: UUID
    employee_id: UUID
    visibility: Visibility
    status: Status
    revision: int
    as_of: datetime
    visible_from: datetime
    complaint_id: UUID
    category: str
    result: Result
    needs: Sequence[Need]
    replied: bool
    decision: Decision | None
    objection: Objection | None


@dataclass(frozen=True, slots=True)
class Level:
    """One level above an officer. `away`: somebody stands in for the holder, or nobody (`acting_id` is none)."""

    holder_id: UUID
    away: bool
    acting_id: UUID | None

    @property
    def person_id(self) -> UUID | None:
        """Who decides on this level; nobody where it is vacant."""
        return self.acting_id if self.away else self.holder_id


@dataclass(frozen=True, slots=True)
class Settled:
    """What counts from a decision on, and what it opens and takes back."""

    outcome: Outcome
    adjusted: bool
    kept: tuple[Need, ...]
    opened: tuple[Need, ...]
    withdrawn: tuple[UUID, ...]

    @property
    def needs(self) -> tuple[Need, ...]:
        """All needs that rest on it."""
        return self.kept + self.opened
