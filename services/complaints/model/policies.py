"""The numbers that the service is given by dated files, each with its source."""

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.events.complaints import Clock, Trigger
from shared.policy import Policy


class _Numbers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Class = Literal["tidak_berkadar", "berkadar", "aspirasi", "permintaan_informasi", "apresiasi"]


class Names(_Numbers):
    """A name in both languages."""

    id: str
    en: str


class Category(_Numbers):
    """A kind of complaint; `kind` is its class: berkadar or tidak berkadar pengawasan, or no complaint at all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "undue_delay",
                    "name": {"id": "Penundaan berlarut", "en": "Undue delay"},
                    "class": "tidak_berkadar",
                    "dimension": "discipline",
                    "part": "delay",
                    "trigger": "at_filing",
                }
            ]
        }
    )

    code: str
    name: Names
    kind: Class = Field(alias="class")
    dimension: Literal["discipline", "competence", "conduct"] | None
    part: Literal["delay", "procedure", "behaviour"] | None
    trigger: Trigger


class CategoriesPolicy(Policy):
    """The taxonomy in force."""

    categories: tuple[Category, ...]

    def category(self, code: str) -> Category | None:
        """The category of a code, if there is one."""
        return next((category for category in self.categories if category.code == code), None)


class Sourced(_Numbers):
    """A number and where it comes from."""

    value: int
    source: str


class Limit(_Numbers):
    """So many filings in so many minutes."""

    filings: int
    minutes: int
    source: str


class FilingPolicy(Policy):
    """What a filing must keep to."""

    after_service_days: Sourced
    taken_in_days: Sourced
    future_minutes: Sourced
    text_length: Sourced
    per_address: Limit
    per_contact: Limit


class RetentionPolicy(Policy):
    """How long the vault keeps who complained."""

    reporter_days: Sourced


class SourcedCode(_Numbers):
    """A code and where the choice comes from."""

    value: str
    source: str


class Listed(_Numbers):
    """An entry of a published list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "unclear", "name": {"id": "Isi laporan tidak jelas", "en": "It can't be understood"}}]
        }
    )

    code: str
    name: Names


class HandlingPolicy(Policy):
    """What the handling of a case keeps to. `oversight` is the authority that berkadar categories are referred to."""

    reopen_days: Sourced
    praise_part: SourcedCode
    oversight: SourcedCode
    authorities: tuple[Listed, ...]
    rejections: tuple[Listed, ...]


class CorrectionsPolicy(Policy):
    """How late a service record may be corrected, and how long a correction waits for its record."""

    within_days: Sourced
    waiting_hours: Sourced


class CalendarPolicy(Policy):
    """Days that a decree closed or opened."""

    closed: tuple[date, ...]
    opened: tuple[date, ...]


class Term(_Numbers):
    """How long a clock runs, for some classes of complaints; where none is named, for all of them.

    `warned`: with how many working days left a warning is told, each once.
    """

    clock: Clock
    classes: tuple[Class, ...] = ()
    days: Annotated[int, Field(ge=1)]
    counted: Literal["working", "calendar"] = "working"
    warned: tuple[Annotated[int, Field(ge=0)], ...]
    source: str

    @model_validator(mode="after")
    def _warned_within_the_term(self) -> Self:
        if list(self.warned) != sorted({left for left in self.warned if left < self.days}, reverse=True):
            raise ValueError(f"the warnings of {self.clock} must fall, from fewer than its {self.days} days")
        return self


class Escalation(_Numbers):
    """How many working days pass after a deadline until the unit's head is told; then, until the camat is."""

    handled: int
    unassigned: int
    next: int
    source: str


class ClocksPolicy(Policy):
    """The terms of complaints."""

    told_at: time
    """Warnings and escalations are told at this local time of a working day."""
    terms: tuple[Term, ...]
    escalation: Escalation

    def term(self, clock: Clock, kind: str) -> Term | None:
        """The first term of a clock that is for a class; none where the clock does not run for it."""
        return next((one for one in self.terms if one.clock is clock and kind in (one.classes or (kind,))), None)


KINDS: Mapping[str, type[Policy]] = {
    "categories": CategoriesPolicy,
    "filing": FilingPolicy,
    "calendar": CalendarPolicy,
    "retention": RetentionPolicy,
    "corrections": CorrectionsPolicy,
    "clocks": ClocksPolicy,
    "handling": HandlingPolicy,
}
