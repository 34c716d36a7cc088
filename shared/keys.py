"""Secret keys that change by date: `HEX,2026-10:HEX`, each valid from a month on, until the next one begins."""

import itertools
import re
from dataclasses import dataclass, field
from datetime import date

ENTRY = re.compile(r"(?:(\d{4})-(\d{2}):)?([0-9a-f]{64})")
ALWAYS = date.min


@dataclass(frozen=True, slots=True)
class DatedKeys:
    """Keys of 256 bits with the days from which they are valid, oldest first. There is at least one."""

    dated: tuple[tuple[date, bytes], ...] = field(repr=False)

    def on(self, day: date) -> bytes:
        """The key of a day; before the first one's date the first."""
        valid = [key for since, key in self.dated if since <= day]
        return valid[-1] if valid else self.dated[0][1]

    @property
    def newest_first(self) -> tuple[bytes, ...]:
        """All that are still there."""
        return tuple(key for _, key in reversed(self.dated))


def parse(text: str, months: range = range(1, 13)) -> DatedKeys:
    """Keys from a setting. `months` are those in which one may begin. Raises ValueError that names no key's digits."""
    dated = [_entry(entry, number, months) for number, entry in enumerate(text.split(","), 1)]
    for number, ((since, key), (later, another)) in enumerate(itertools.pairwise(dated), 2):
        if later <= since:
            raise ValueError(f"key {number} must begin in a later month than the one before it")
        if key == another:
            raise ValueError(f"key {number} is the same as the one before it")
    return DatedKeys(tuple(dated))


def _entry(text: str, number: int, months: range) -> tuple[date, bytes]:
    found = ENTRY.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f"key {number} must be 64 hex digits in lower case, e.g. from `openssl rand -hex 32`,"
            " after the month from which it is valid: 2026-10:HEX"
        )
    year, month, digits = found.groups()
    if year is None:
        return ALWAYS, bytes.fromhex(digits)
    if int(month) not in months or int(year) == 0:
        begins = ", ".join(f"{one:02}" for one in months)
        raise ValueError(f"key {number} can't begin in {year}-{month}: the month must be one of {begins}")
    return date(int(year), int(month), 1), bytes.fromhex(digits)
