"""The planned year: who finished how many requests of which service, and how many of them late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from deploy.local.district.seed import in_one_line
from deploy.local.trouble import Trouble

PLAN = Path(__file__).resolve().parent / "plan.yaml"
Count = Annotated[int, Field(ge=0)]


class Work(BaseModel):
    """One officer's work on one service over the window; a newcomer's (`new`) lies in its last days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    officer: str
    service: str
    total: Count
    late: Count
    new: bool = False

    @model_validator(mode="after")
    def possible(self) -> Work:
        """No more late than there are."""
        if self.late > self.total:
            raise ValueError(f"{self.officer}: {self.late} late of {self.total}")
        return self


class Plan(BaseModel):
    """All planned work. The seed fixes ids, times and durations; `source` is the sending front office."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    seed: int
    work: tuple[Work, ...]

    @model_validator(mode="after")
    def one_line_each(self) -> Plan:
        """An officer has one line, or the daily cap could be passed unseen."""
        officers = [work.officer for work in self.work]
        twice = {officer for officer in officers if officers.count(officer) > 1}
        if twice:
            raise ValueError(f"more than one line of {', '.join(sorted(twice))}")
        return self

    def of(self, officer: str) -> Work:
        """The work of one officer."""
        return next(work for work in self.work if work.officer == officer)


def read(file: Path = PLAN) -> Plan:
    """The plan of a file. Raises Trouble that says what is wrong."""
    try:
        return Plan.model_validate(yaml.safe_load(file.read_text()))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise Trouble(f"{file.name} can't be used: {in_one_line(error)}") from error
