"""Clocks of complaints: what they are judged by, how each stands, and what is to be done when one has run so far."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from services.complaints.model.rows import State
from shared.events.complaints import Clock

SHOWN: dict[str, JsonValue] = {"clock": "closing", "due_on": "2026-03-27", "paused": False}


@dataclass(frozen=True, slots=True)
class Pause:
    """Local days on which the reporter was asked for data, and gave it; none while it is owed."""

    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the clocks of a complaint are judged by. Days are local; `answered_on` and `reopened_on` are the latest."""

    complaint_id: UUID
    state: State
    kind: str
    filed_on: date
    verified_on: date | None = None
    answered_on: date | None = None
    reopened_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    unit: str | None = None
    handler_id: UUID | None = None
    barred: frozenset[UUID] = frozenset()
    """The subject and the subject's superior."""

    @property
    def told_nothing(self) -> frozenset[UUID]:
        """Who is skipped when it is escalated: those who may not see to it, and who was warned already."""
        return self.barred | {self.handler_id} if self.handler_id else self.barred


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticking:
    """A clock of a complaint. It runs since a local day, until `stopped_on`; `due_on` is the last day in time.

    `calendar` is the version of the calendar that the day was counted by, `warned` the lowest threshold that was told,
    `level` the highest that it was escalated to, `escalated_on` when.
    """

    complaint_id: UUID
    clock: Clock
    since: date
    due_on: date
    calendar: str
    paused: bool = False
    warned: int | None = None
    level: int = 0
    escalated_on: date | None = None
    stopped_on: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A clock as it stands now, and why its deadline is another than before, where it is."""

    ticking: Ticking
    moved: str | None = None


@dataclass(frozen=True, slots=True)
class Nearing:
    """So many working days are left."""

    left: int


@dataclass(frozen=True, slots=True)
class Escalating:
    """The deadline passed: the next one above is to be told."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The reporter kept silent until the end."""


class ShownClock(BaseModel):
    """A clock that runs, the same for the reporter and for officers; paused while the reporter owes data."""

    model_config = ConfigDict(json_schema_extra={"examples": [SHOWN]})

    clock: Clock
    due_on: date
    """The last day in time, local."""
    paused: bool


Step = Nearing | Escalating | Closing
