"""Cursors of lists that are ordered by moment and id, newest first."""

from datetime import UTC, datetime
from uuid import UUID

Place = tuple[datetime, UUID]

FIRST: Place = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1))


def cursor(place: Place) -> str:
    """The cursor of what comes after a place."""
    moment, one = place
    return f"{int(moment.timestamp() * 1_000_000)}.{one}"


def place(cursor: str | None) -> Place:
    """The place of a cursor; none is before the newest. Raises ValueError."""
    if cursor is None:
        return FIRST
    microseconds, _, one = cursor.partition(".")
    return datetime.fromtimestamp(int(microseconds) / 1_000_000, UTC), UUID(one)
