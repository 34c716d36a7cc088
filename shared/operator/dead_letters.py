"""Dead letters for an operator: listed without content; each look at the content is in the audit first."""

from datetime import datetime
from typing import Annotated

import asyncpg
from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from shared.http import Listing, Page, Paging, Reader, only_reads, refuses
from shared.messaging import audit, dead_letters
from shared.messaging.dead_letters import Fate, Letter
from shared.messaging.tx import Tx
from shared.operator.acts import Act, Because, Places, answered, asked, router
from shared.operator.documents import Header, as_base64, as_text, headers

LETTERS = """SELECT topic, partition, record_offset AS offset, at, reason, length(value) AS bytes
FROM dead_letter WHERE ($1::text IS NULL OR (topic, partition, record_offset, at) > ($1, $2, $3, $4))
    AND ($6::text IS NULL OR topic = $6) AND ($7::text IS NULL OR strpos(reason, $7) > 0)
ORDER BY topic, partition, record_offset, at LIMIT $5"""

LETTER = {"topic": "frontoffice.v1", "partition": 0, "offset": 1207}
SHOWN = {**LETTER, "at": "2026-03-02T08:00:00Z", "reason": "not a JSON document", "bytes": 3}
UNKNOWN = {404: "There is no such dead letter"}

routes = router("/dead-letters")


class DeadLetter(BaseModel):
    """A record that could not be placed or read, without anything that it says. `bytes` is the size of its value."""

    model_config = answered(**SHOWN)

    topic: str
    partition: int
    offset: int
    at: datetime
    reason: str
    bytes: int | None


class LetterNamed(Because):
    """A dead letter, by where it came from (the one of `at`, or the newest, where several came from there), and why."""

    model_config = asked(**LETTER, reason="the office asks what was wrong with it")

    topic: str = Field(max_length=200)
    partition: int = Field(ge=0, le=2**31 - 1)
    offset: int = Field(ge=0, le=2**63 - 1)
    at: AwareDatetime | None = None

    @property
    def letter(self) -> Letter:
        """The same for the protocol."""
        return Letter(self.topic, self.partition, self.offset, self.at)

    @property
    def place(self) -> dict[str, str | int]:
        """The same for the audit."""
        return self.model_dump(mode="json", exclude={"reason"}, exclude_none=True)


class LetterInFull(DeadLetter):
    """All of it. What is no text in UTF-8 shows as U+FFFD, with its bytes beside it, as in `value_base64`.

    A key or a value of null is none at all, which differs from an empty one.
    """

    model_config = answered(
        **SHOWN,
        key=None,
        key_base64=None,
        headers=[{"name": "ce_type", "value": "x", "value_base64": None}],
        value="{\ufffd}",
        value_base64="e/99",
    )

    key: str | None
    key_base64: str | None
    headers: list[Header]
    value: str | None
    value_base64: str | None


class Settled(BaseModel):
    """What became of it."""

    model_config = answered(fate="applied")

    fate: str


LIST = Listing[DeadLetter](
    "dead letters", lambda one: (one.topic, one.partition, one.offset, one.at), str, int, int, datetime
)


@routes.get("")
async def listed(
    read: Reader,
    asked: Paging,
    topic: Annotated[str | None, Query(max_length=200)] = None,
    why: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[DeadLetter]:
    """Dead letters, by where they came from. `why`: a part of the reason."""
    rows = await read.fetch(LETTERS, *LIST.place(asked), asked.rows, topic, why)
    return LIST.page([DeadLetter(**row) for row in rows], asked)


@routes.post(
    "/look",
    responses=refuses(UNKNOWN),
    openapi_extra=only_reads("a look at content: it is audited, and its answer may not be stored"),
)
async def look(asked: LetterNamed, call: Act) -> LetterInFull:
    """The content, which may be personal: the look is in the audit before anything is shown."""
    async with call.app.pool.acquire() as connection, connection.transaction():
        row = await dead_letters.take(connection, asked.letter)
        await audit.keep(connection, call.principal, "look at dead letter", [asked.place], asked.reason)
    return _in_full(row)


@routes.post("/replay", response_model=Settled, responses=refuses({**UNKNOWN, 409: "It stays a dead letter"}))
async def replay(asked: LetterNamed, call: Act) -> Response:
    """Read it with the present code and settle it; where that fails again it stays as it was."""

    async def work(tx: Tx, body: LetterNamed) -> tuple[BaseModel, Places]:
        fate: Fate = await dead_letters.replay(tx.connection, call.app.inbox, body.letter)
        return Settled(fate=fate), [body.place]

    return await call.act("replay dead letter", asked, work)


@routes.post("/discard", response_model=Settled, responses=refuses(UNKNOWN))
async def discard(asked: LetterNamed, call: Act) -> Response:
    """Drop it for good."""

    async def work(tx: Tx, body: LetterNamed) -> tuple[BaseModel, Places]:
        await dead_letters.discard(tx.connection, body.letter)
        return Settled(fate="discarded"), [body.place]

    return await call.act("discard dead letter", asked, work)


def _in_full(row: asyncpg.Record) -> LetterInFull:
    key, value = row["record_key"], row["value"]
    shown = {"offset": row["record_offset"], "bytes": None if value is None else len(value)}
    shown |= {"key": as_text(key), "key_base64": as_base64(key)}
    shown |= {"value": as_text(value), "value_base64": as_base64(value)}
    return LetterInFull(**{**row, **shown}, headers=headers(row["header_names"], row["header_values"]))
