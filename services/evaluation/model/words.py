"""The words of evaluation, and what is known of an officer before it is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.events.complaints import Trigger, Visibility
from shared.events.directory import Employment
from shared.events.evaluation import DimensionScore, Outcome, Status

TIMELINESS = "timeliness"
ALL = "all"
COACH = "coach"


class Finding(StrEnum):
    """What the answer to a complaint found; pending before it. What was not judged is no evidence."""

    UPHELD = "upheld"
    PENDING = "pending"
    REJECTED = "rejected"
    NOT_JUDGED = "not_judged"


class Lateness(StrEnum):
    """How a service record stands against its standard."""

    ON_TIME = "on_time"
    SLIGHTLY = "slightly"
    LATE = "late"


class Reason(StrEnum):
    """Why a complaint opened no evaluation."""

    NEVER = "category never triggers"
    AFTER_VERIFICATION = "waits for verification"
    NO_PART = "category informs no part"
    NOT_JUDGED = "part not judged yet"
    EMPLOYEE_UNKNOWN = "employee unknown"


class Ending(StrEnum):
    """Why a complaint is evaluated no more, or not about this officer and incident."""

    REASSIGNED = "reassigned"
    RECATEGORISED = "category corrected"
    LINKED = "same incident"
    UNLINKED = "another incident"
    WITHDRAWN = "complaint withdrawn"
    INVALID = "complaint invalid"
    PASSED_ON = "complaint passed on"
    REFERRED = "complaint referred"


@dataclass(frozen=True, slots=True)
class Counted:
    """One day's services of one kind, by lateness."""

    day: date
    service: str
    on_time: int
    slightly: int
    late: int

    @property
    def handled(self) -> int:
        """All of them, on time or not."""
        return self.on_time + self.slightly + self.late


@dataclass(frozen=True, slots=True)
class Claim:
    """One complaint as evidence: whose voice, about which incident; `hidden_at`: when a protected reporter filed it."""

    incident: str
    part: str
    day: date
    voice: str
    finding: Finding
    hidden_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Praised:
    """One word of praise: whose voice, for which part."""

    complaint_id: UUID
    part: str
    day: date
    voice: str


@dataclass(frozen=True, slots=True)
class Rating:
    """What somebody rated about a part on a day, 1 to the best: an answer of a survey, a score of a coach."""

    part: str
    day: date
    voice: str
    answer: int


@dataclass(frozen=True, slots=True)
class Attended:
    """A month of which attendance is known, by its first day, and the days of unexcused absence in it."""

    month: date
    absent_on: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """Learning hours (JP) that ended on a day."""

    day: date
    hours: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """An innovation with its criteria, 1..5 each: novel, effective, useful, easy to spread, sustainable."""

    day: date
    criteria: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """All that is known of one officer at `as_of`, before the window is cut.

    `context`: the unit's C by service, as the nightly timer last stored it; `restarts`: by balance test, the day on
    which its need was met last, later evidence counts; `learned`: none of one who owes no learning hours (PPPK).
    """

    as_of: datetime
    services: tuple[Counted, ...]
    claims: tuple[Claim, ...]
    context: Mapping[str, str]
    praised: tuple[Praised, ...] = ()
    ratings: tuple[Rating, ...] = ()
    attended: tuple[Attended, ...] = ()
    learned: tuple[Learned, ...] | None = None
    proposed: tuple[Proposed, ...] = ()
    restarts: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Officer:
    """An employee as the directory has it: where, under whom, and how employed."""

    employee_id: UUID
    version: int
    unit: str
    superior_id: UUID | None
    status: Employment = Employment.PNS


@dataclass(frozen=True, slots=True)
class Delivered:
    """A finished request, and how late it was."""

    record_id: UUID
    employee_id: UUID
    counted_on: date
    service: str
    lateness: Lateness


@dataclass(frozen=True, slots=True)
class Overdue:
    """An unfinished request after its deadline: slightly late until its grace ends."""

    record_id: UUID
    employee_id: UUID
    counted_on: date
    service: str
    grace_ends: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """A complaint as evaluation keeps it. `incident_id` is set where both officer and part are known."""

    complaint_id: UUID
    employee_id: UUID | None
    incident_id: UUID | None
    category: str
    part: str | None
    trigger: Trigger
    day: date
    filed_at: datetime
    voice: str
    visibility: Visibility
    service: str | None
    unit: str | None
    verified: bool = False
    linked_to: UUID | None = None
    ended: Ending | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing evaluation of an incident, as it is before a further complaint joins."""

    evaluation_id: UUID
    revision: int
    visibility: Visibility
    as_of: datetime
    status: Status
    outcome: Outcome
    scores: tuple[DimensionScore, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Officer and incident of a complaint that was found otherwise, or left them (`ending`). `unfounded`: what rests on
    it was wrong; `upheld`: it weighs more than before.
    """

    complaint_id: UUID
    employee_id: UUID
    incident_id: UUID
    ending: Ending | None
    unfounded: bool = False
    upheld: bool = False


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need that is open, and the evaluation that opened it."""

    need_id: UUID
    evaluation_id: UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose evidence, of which days, as of when."""

    employee_id: UUID
    since: date
    until: date
    as_of: datetime
