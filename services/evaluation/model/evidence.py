"""The pieces of one evaluation as they are stored: exact, in canonical order, enough to compute its result again.

A field that came after the first results were stored is `LATER`: while it says nothing it is left out, so evidence of
old keeps its bytes.
"""

import json
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from services.evaluation.model.words import Finding


class Piece(BaseModel):
    """A frozen value that has exactly one form as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def canonical(self) -> str:
        """The one form as JSON: keys sorted, no spaces; fractions and amounts are strings."""
        return canonical(self.model_dump(mode="json"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The value of a stored form."""
        return cls.model_validate_json(text)


def canonical(value: object) -> str:
    """The one form of a plain value as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _says_nothing(value: Any) -> bool:
    return value is None or value is False or value == ()


LATER = Field(exclude_if=_says_nothing)
Treated = Annotated[bool, LATER]
"""Whether it is from before its test's need was met: it counts in the score, and in no balance any more."""


class OnTime(Piece):
    """Services of one kind and reference (`q` per 10,000) that were on time."""

    service: str
    q: int
    count: int
    treated: Treated = False


class LateDay(Piece):
    """The late services of one kind on one day, before the daily cap."""

    day: date
    service: str
    q: int
    slightly: int
    late: int
    treated: Treated = False


class Handled(Piece):
    """Services handled, as the exposure of a complaint part with the reference `q` per 10,000."""

    part: str
    q: int
    count: int
    treated: Treated = False


class Incident(Piece):
    """Complaints about one officer, one part and one day: per voice the heaviest finding."""

    id: str
    part: str
    day: date
    voices: dict[str, Finding]
    treated: Treated = False


class Rated(Piece):
    """Voices of one part with the same mean shortfall, `"1/3"` of 0..1, and the reference `q` per 10,000."""

    part: str
    q: int
    shortfall: str
    count: int
    treated: Treated = False


class Evidence(Piece):
    """All pieces of one evaluation. `caps`: late services that a day counts, by quarter; `context`: C by service.

    `absent_days`: unexcused, in 12 months; `learning`: hours (JP) in 12 months; both none where nobody keeps the book.
    `innovation`: the criteria of the best proposal, 1..5 each.
    """

    as_of: datetime
    on_time: tuple[OnTime, ...] = ()
    late: tuple[LateDay, ...] = ()
    caps: dict[str, int] = {}
    context: dict[str, str] = {}
    unreferenced: dict[str, int] = {}
    handled: tuple[Handled, ...] = ()
    incidents: tuple[Incident, ...] = ()
    praise: dict[str, int] = {}
    rated: Annotated[tuple[Rated, ...], LATER] = ()
    absent_days: Annotated[int | None, LATER] = None
    learning: Annotated[int | None, LATER] = None
    innovation: Annotated[tuple[int, ...], LATER] = ()
