"""How far each key was told here and seen here: what `salor reconcile` compares between services."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from shared.events import Kind
from shared.http import Listing, Page, Paging, Reader, only_reads
from shared.http.paging import LARGEST_PAGE
from shared.operator.acts import Act, answered, asked, router
from shared.operator.documents import KEY, KeyPlace

TOLD = """SELECT stream, key, sequence FROM stream
WHERE ($1::text IS NULL OR (stream, key) > ($1, $2)) AND ($3::text IS NULL OR stream = $3)
ORDER BY stream, key LIMIT $4"""
SEEN = """SELECT s.stream, s.key, s.sequence, a.told AS acknowledged
FROM seen s LEFT JOIN acknowledged a ON a.stream = s.stream AND a.key = s.key AND a.seen = s.sequence
WHERE ($1::text IS NULL OR (s.stream, s.key) > ($1, $2)) AND ($3::text IS NULL OR s.stream = $3) AND s.sequence > 0
ORDER BY s.stream, s.key LIMIT $4"""
TOLD_OF = """SELECT k.stream, k.key, coalesce(s.sequence, 0) AS sequence
FROM unnest($1::text[], $2::text[]) AS k(stream, key) LEFT JOIN stream s USING (stream, key)"""
SEEN_OF = """SELECT k.stream, k.key, coalesce(s.sequence, 0) AS sequence, a.told AS acknowledged,
    coalesce((SELECT string_agg(DISTINCT p.reason, ', ') FROM parked p
        WHERE p.stream = k.stream AND p.key = k.key AND p.reason <> 'settled'), '') AS parked
FROM unnest($1::text[], $2::text[]) AS k(stream, key) LEFT JOIN seen s USING (stream, key)
    LEFT JOIN acknowledged a ON a.stream = k.stream AND a.key = k.key AND a.seen = s.sequence"""

A_LOOK = only_reads("keys may be long and hold anything")

routes = router()


class Card(BaseModel):
    """The service, the streams that it tells, and those with sequences that it listens to."""

    model_config = answered(name="billing", tells=["invoices.v1"], listens=["orders.v1"])

    name: str
    tells: list[str]
    listens: list[str]


class Reached(BaseModel):
    """How far a key has come; at a listener also why something of it is parked.

    `acknowledged`: how far it was told when an operator acknowledged that it has come this far here.
    """

    model_config = answered(**KEY, sequence=3, parked="failed, gap", acknowledged=None)

    stream: str
    key: str
    sequence: int
    parked: str = ""
    acknowledged: int | None = None


class Places(BaseModel):
    """Keys that are asked about."""

    model_config = asked(keys=[KEY])

    keys: Annotated[list[KeyPlace], Field(max_length=LARGEST_PAGE)]


class Found(BaseModel):
    """The same keys, in any order; a sequence of 0 is a key that does not exist here."""

    model_config = answered(keys=[{**KEY, "sequence": 3, "parked": "", "acknowledged": None}])

    keys: list[Reached]


STREAMS = Listing[Reached]("streams", lambda one: (one.stream, one.key), str, str)
SEENS = Listing[Reached]("seen", lambda one: (one.stream, one.key), str, str)
OneStream = Annotated[str | None, Query(max_length=200)]


@routes.get("/service")
async def about(call: Act) -> Card:
    """Who this is."""
    service = call.app.service
    tells = sorted({event.topic.name for event in service.tells})
    return Card(name=service.name, tells=tells, listens=_sequenced(service.listens.topics))


@routes.get("/streams")
async def streams(read: Reader, asked: Paging, stream: OneStream = None) -> Page[Reached]:
    """How far each key was told."""
    rows = await read.fetch(TOLD, *STREAMS.place(asked), stream, asked.rows)
    return STREAMS.page([Reached(**row) for row in rows], asked)


@routes.get("/seen")
async def seen(read: Reader, asked: Paging, stream: OneStream = None) -> Page[Reached]:
    """How far each key was applied."""
    rows = await read.fetch(SEEN, *SEENS.place(asked), stream, asked.rows)
    return SEENS.page([Reached(**row) for row in rows], asked)


@routes.post("/streams/of", openapi_extra=A_LOOK)
async def streams_of(asked: Places, read: Reader) -> Found:
    """How far these keys were told. A body, since a key may be long and hold anything."""
    return await _found(read, TOLD_OF, asked)


@routes.post("/seen/of", openapi_extra=A_LOOK)
async def seen_of(asked: Places, read: Reader) -> Found:
    """How far these keys were applied, and what is parked of them."""
    return await _found(read, SEEN_OF, asked)


async def _found(read: Reader, sql: str, asked: Places) -> Found:
    rows = await read.fetch(sql, [place.stream for place in asked.keys], [place.key for place in asked.keys])
    return Found(keys=[Reached(**row) for row in rows])


def _sequenced(topics: Sequence[Any]) -> list[str]:
    return [topic.name for topic in topics if topic.kind is not Kind.STRANGER]
