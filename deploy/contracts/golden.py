"""Bodies as they were sent once: each reads today as it did then. They are the examples of the documents, too.

`golden/` has a file for each type with a list that only grows; `means` says how what a body leaves out is read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.events import Event
from shared.events.base import NAMESPACE

FOLDER = Path(__file__).with_name("golden")


class Golden(BaseModel):
    """A body, what it stands for, and what it means beside what it says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    payload: dict[str, JsonValue]
    means: dict[str, JsonValue] = {}


def short(kind: str) -> str:
    """A type without the namespace that all share: `complaints.ComplaintFiled.v1`."""
    return kind.removeprefix(f"{NAMESPACE}.")


def golden(event: type[Event]) -> list[Golden]:
    """The bodies kept of an event; none where nobody has kept one."""
    file = FOLDER / f"{short(event.type)}.json"
    found: list[Any] = json.loads(file.read_text()) if file.exists() else []
    return [Golden.model_validate(each) for each in found]
