"""What the journeys must end in: numbers computed by hand, kept in `expected.yaml`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).resolve().parent / "expected.yaml"


class Expected(BaseModel):
    """The end of one journey: the officer's result, and the course, if any, that treats the weakness."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    officer: str
    superior: str
    outcome: str
    needs: tuple[str, ...]
    scores: dict[str, str]
    lines: tuple[str, ...]
    course: str | None


def expected(journey: str) -> Expected:
    """One journey's end."""
    return Expected.model_validate(yaml.safe_load(FILE.read_text())[journey])
