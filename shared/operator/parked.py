"""Parked events for an operator: list, show, rehearse, and the decisions."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import asyncpg
from fastapi import Query
from pydantic import BaseModel
from starlette.responses import Response

from shared.errors import Problem
from shared.events import TYPES
from shared.http import Listing, Page, Paging, ReadContext, Reader, only_reads, refuses
from shared.messaging import decisions, rehearsal, replay
from shared.messaging.decisions import Verb
from shared.messaging.record import LONGEST_KEY
from shared.messaging.tx import Tx
from shared.operator.acts import Act, Places, router
from shared.operator.documents import (
    Considered,
    Decided,
    DecisionTaken,
    KeyPlace,
    KeyState,
    Lot,
    Many,
    ParkedInFull,
    ParkedOne,
    Rehearsed,
    RehearsedStep,
    Tell,
    headers,
)

BLOCKED = "EXISTS (SELECT FROM parked r WHERE r.stream = p.stream AND r.key = p.key AND r.reason = 'regression')"
PARKED = f"""SELECT p.*, s.sequence + 1 AS next, {BLOCKED} AS blocked FROM parked p JOIN seen s USING (stream, key)
WHERE ($1::text IS NULL OR p.stream = $1) AND ($2::text IS NULL OR p.key = $2)
    AND (p.reason = $3 OR ($3::text IS NULL AND p.reason <> 'settled'))
    AND ($4::text IS NULL OR convert_to($4, 'UTF8') = p.header_values[array_position(p.header_names, 'ce_type')])
    AND ($5::text IS NULL
        OR strpos(concat_ws(' ', p.detail, 'lacks (' || p.fact_stream || ', ' || p.fact_key || ')'), $5) > 0)
    AND ($6::text IS NULL OR (p.stream, p.key, p.sequence, p.event_id) > ($6, $7, $8, $9))
ORDER BY p.stream, p.key, p.sequence, p.event_id LIMIT $10"""  # noqa: S608
# One statement, one snapshot: a key may be drained while it is looked at.
OF_KEY = f"""SELECT s.sequence AS reached, s.event_id AS reached_by, p.*, {BLOCKED} AS blocked
FROM (SELECT $1::text AS stream, $2::text AS key) k
LEFT JOIN (SELECT * FROM seen WHERE sequence > 0 OR turn > 0) s USING (stream, key)
LEFT JOIN parked p USING (stream, key) ORDER BY p.sequence, p.event_id LIMIT $3"""  # noqa: S608
SHOWN = 100
"""Events of one key that are shown; those behind them wait for these."""
LOT = 200
"""Keys replayed in one transaction."""

UNKNOWN = {404: "Nothing of this key is parked here"}
REFUSED = refuses({**UNKNOWN, 409: "The decision can't be taken: it says what can"})

Reason = Literal["gap", "waiting", "failed", "regression", "settled"]

routes = router("/parked")
LIST = Listing[ParkedOne]("parked", lambda one: (one.stream, one.key, one.sequence, one.event_id), str, str, int, str)


@routes.get("")
async def listed(
    read: Reader,
    asked: Paging,
    stream: Annotated[str | None, Query(max_length=200)] = None,
    key: Annotated[str | None, Query(max_length=LONGEST_KEY)] = None,
    reason: Reason | None = None,
    type: Annotated[str | None, Query(max_length=500)] = None,  # noqa: A002 (as CloudEvents call it)
    why: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[ParkedOne]:
    """What is parked, by stream and key. What was settled is shown only when it is asked for.

    `why`: a part of the detail, or of `lacks (STREAM, KEY)` where it waits for a fact.
    """
    rows = await read.fetch(PARKED, stream, key, reason, type, why, *LIST.place(asked), asked.rows)
    return LIST.page([ParkedOne(**_one(row, row["next"], _limit(read))) for row in rows], asked)


@routes.get("/key", responses=refuses(UNKNOWN))
async def show(
    read: Reader, stream: Annotated[str, Query(max_length=200)], key: Annotated[str, Query(max_length=LONGEST_KEY)]
) -> KeyState:
    """A key: how far it has come, what is parked of it, and why."""
    rows = await read.fetch(OF_KEY, stream, key, SHOWN)
    reached, there = rows[0]["reached"], [row for row in rows if row["reason"] is not None]
    if reached is None and not there:
        raise Problem(404, "unknown-key", f"Nothing of ({stream}, {key}) has come here", "See `salor parked`.")
    sequence, event_id = reached or 0, rows[0]["reached_by"]
    parked = [_in_full(row, sequence + 1, _limit(read)) for row in there]
    state = {"sequence": sequence, "event_id": event_id, "next": sequence + 1, "parked": parked}
    return KeyState(stream=stream, key=key, blocked=rows[0]["blocked"], **state)


@routes.post("/rehearsal", responses=REFUSED, openapi_extra=only_reads("a dry run: all of it is rolled back"))
async def rehearse(asked: Considered, call: Act) -> Rehearsed:
    """A dry run: take the decision, run what it sets free with the present code, roll all of it back, and say."""
    steps = await rehearsal.rehearse(call.app.inbox, asked.decision(asked.verb))
    return Rehearsed(steps=[_step(step) for step in steps])


@routes.post("/replay-many", response_model=Lot)
async def replay_many(asked: Many, call: Act) -> Response:
    """Let all keys with a failed (or waiting) event be tried anew, a lot at a time."""
    return await call.act("replay many", asked, _replay_many)


@routes.post("/{verb}", response_model=DecisionTaken, responses=REFUSED)
async def decide(verb: Verb, asked: Decided, call: Act) -> Response:
    """Replay, discard, skip, settle or adopt. What it sets free is drained by the sweeper, within a second."""

    async def work(tx: Tx, body: Decided) -> tuple[BaseModel, Places]:
        taken = await decisions.take(tx.connection, body.decision(verb))
        place = body.model_dump(exclude={"reason"}, exclude_none=True) | {"sequences": taken.sequences}
        return DecisionTaken(**asdict(taken)), [place]

    return await call.act(verb.value, asked, work)


async def _replay_many(tx: Tx, body: Many) -> tuple[BaseModel, Places]:
    choice = replay.Choice(body.parked_for, body.stream, body.type, body.why)
    after = (body.after.stream, body.after.key) if body.after else ("", "")
    places = await replay.keys(tx.connection, choice, after, LOT)
    await replay.release(tx.connection, places, choice.reason)
    keys = [KeyPlace(stream=stream, key=key) for stream, key in places]
    lot = Lot(keys=keys, next=keys[-1] if len(keys) == LOT else None)
    return lot, [key.model_dump() for key in keys]


def _step(step: rehearsal.Step) -> RehearsedStep:
    tells = [Tell(type=type_, key=key) for type_, key in step.tells]
    return RehearsedStep(**{**asdict(step), "tells": tells})


def _limit(read: ReadContext) -> datetime:
    """What waits since before then is overdue."""
    return datetime.now(UTC) - timedelta(hours=read.settings.waiting_hours)


def _one(row: asyncpg.Record, following: int, limit: datetime) -> dict[str, Any]:
    overdue = row["reason"] == "waiting" and row["since"] < limit
    kind = dict(zip(row["header_names"], row["header_values"], strict=True)).get("ce_type")
    named = next((known for known in TYPES if known.encode() == kind), "")  # any other may be any text
    return {**row, "type": named, "overdue": overdue, "next": following}


def _in_full(row: asyncpg.Record, following: int, limit: datetime) -> ParkedInFull:
    size = None if row["value"] is None else len(row["value"])
    more = {
        "offset": row["record_offset"],
        "bytes": size,
        "headers": headers(row["header_names"], row["header_values"]),
    }
    return ParkedInFull(**_one(row, following, limit), **more)
