"""Timers that failed three times: they stand aside until an operator lets them fire again, or takes them away."""

from datetime import datetime

from shared.db import Connection
from shared.errors import Problem
from shared.messaging.timers import Clockwork

REPLAY = """UPDATE timer SET failure = NULL, attempts = 0, lease_until = '-infinity'
WHERE name = $1 AND subject = $2 AND failure IS NOT NULL RETURNING due"""
DISCARD = "DELETE FROM timer WHERE name = $1 AND subject = $2 AND failure IS NOT NULL RETURNING due"


async def replay(connection: Connection, name: str, subject: str) -> None:
    """Let a parked timer fire again. Raises Problem 404."""
    _known(await connection.fetchval(REPLAY, name, subject), name, subject)


async def discard(connection: Connection, clockwork: Clockwork, name: str, subject: str, now: datetime) -> None:
    """Take a parked timer away for good; a daily one is set for its next day. Raises Problem 404."""
    _known(await connection.fetchval(DISCARD, name, subject), name, subject)
    await clockwork.repeat(connection, name, now)


def _known(due: datetime | None, name: str, subject: str) -> None:
    if due is None:
        raise Problem(404, "no-parked-timer", f"No timer ({name}, {subject}) is parked", "See `salor timers`.")
