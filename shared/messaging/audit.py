"""The audit of what operators do: who, when, what, where and why, in the transaction of the act itself."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shared.db import Connection

KEEP = """INSERT INTO operator_action (who, what, place, reason)
SELECT $1, $2, p.place, $4 FROM unnest($3::jsonb[]) AS p(place)"""
ACTIONS = """SELECT id, at, who, what, place, reason FROM operator_action
WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2"""


async def keep(connection: Connection, who: str, what: str, places: Sequence[Mapping[str, Any]], reason: str) -> None:
    """Write down an act, once for each place that it concerns (a key, a timer, a dead letter, a service)."""
    await connection.execute(KEEP, who, what, [json.dumps(place) for place in places], reason)
