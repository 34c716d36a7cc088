"""What belongs to a reporter in words that nobody could place: whether a dead letter must go with the vault's row."""

import json
import re
from collections.abc import Iterator
from typing import Any

from services.complaints.model.rows import Reporter

NUMBERS = re.compile(r"\d[\d() .-]*\d")
"""Phone numbers and the like, however they are written; several in a row are one."""


def is_about(value: bytes, reporter: Reporter) -> bool:
    """Whether a record's value holds the NIK, the phone number or the address of a reporter, in any usual spelling.

    A name alone is no match: too many people share one.
    """
    return any(_names(text, reporter) for text in _texts(value))


def _names(text: str, reporter: Reporter) -> bool:
    if reporter.email and reporter.email in text.lower():
        return True
    numbers = [re.sub(r"\D", "", number) for number in NUMBERS.findall(text)]
    wanted = [reporter.nik, _national(reporter.phone)]
    return any(number and number in written for number in wanted for written in numbers)


def _national(phone: str | None) -> str | None:
    """The digits that every spelling of an Indonesian number ends in: without +62, without the 0 in its place."""
    return phone.removeprefix("+62").removeprefix("+") if phone else None


def _texts(value: bytes) -> Iterator[str]:
    """Every text and number of a JSON document, names of fields too; of anything else, all of it."""
    try:
        yield from _leaves(json.loads(value))
    except (ValueError, RecursionError):
        yield value.decode(errors="replace")


def _leaves(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for name, inner in found.items():
            yield name
            yield from _leaves(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from _leaves(inner)
    elif found is not None:
        yield str(found)
