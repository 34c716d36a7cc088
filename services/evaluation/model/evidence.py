"""The pieces of one evaluation as they are stored: exact, in canonical order, enough to compute its result again."""

import json
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

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


class OnTime(Piece):
    """Services of one kind and reference (`q` per 10,000) that were on time."""

    service: str
    q: int
    count: int


class LateDay(Piece):
    """The late services of one kind on one day, before the daily cap."""

    day: date
    service: str
    q: int
    slightly: int
    late: int


class Handled(Piece):
    """Services handled, as the exposure of a complaint part with the reference `q` per 10,000."""

    part: str
    q: int
    count: int


class Incident(Piece):
    """Complaints about one officer, one part and one day: per voice the heaviest finding."""

    id: str
    part: str
    day: date
    voices: dict[str, Finding]


class Evidence(Piece):
    """All pieces of one evaluation. `caps`: late services that a day counts, by quarter; `context`: C by service."""

    as_of: datetime
    on_time: tuple[OnTime, ...] = ()
    late: tuple[LateDay, ...] = ()
    caps: dict[str, int] = {}
    context: dict[str, str] = {}
    unreferenced: dict[str, int] = {}
    handled: tuple[Handled, ...] = ()
    incidents: tuple[Incident, ...] = ()
    praise: dict[str, int] = {}
