"""Parked timers for an operator: list, replay, discard."""

from datetime import datetime

from pydantic import BaseModel, Field
from starlette.responses import Response

from shared.http import Listing, Page, Paging, Reader
from shared.messaging import parked_timers
from shared.messaging.tx import Tx
from shared.operator.acts import Act, Because, Places, router

TIMERS = """SELECT name, subject, due, attempts, failure FROM timer
WHERE failure IS NOT NULL AND ($1::text IS NULL OR (name, subject) > ($1, $2)) ORDER BY name, subject LIMIT $3"""

routes = router("/timers")


class ParkedTimer(BaseModel):
    """A timer that failed three times."""

    name: str
    subject: str
    due: datetime
    attempts: int
    failure: str


class TimerPlace(BaseModel):
    """What a timer is known by."""

    name: str = Field(max_length=200)
    subject: str = Field(max_length=1_000)


class TimerNamed(TimerPlace, Because):
    """A timer, and why it is replayed or discarded."""


LIST = Listing[ParkedTimer]("timers", lambda one: (one.name, one.subject), str, str)


@routes.get("")
async def listed(read: Reader, asked: Paging) -> Page[ParkedTimer]:
    """Timers that failed three times and stand aside."""
    rows = await read.fetch(TIMERS, *LIST.place(asked), asked.rows)
    return LIST.page([ParkedTimer(**row) for row in rows], asked)


@routes.post("/replay", response_model=TimerPlace)
async def replay(asked: TimerNamed, call: Act) -> Response:
    """Let a parked timer fire again."""

    async def work(tx: Tx, body: TimerNamed) -> tuple[BaseModel, Places]:
        await parked_timers.replay(tx.connection, body.name, body.subject)
        return _done(body)

    return await call.act("replay timer", asked, work)


@routes.post("/discard", response_model=TimerPlace)
async def discard(asked: TimerNamed, call: Act) -> Response:
    """Take a parked timer away for good; a daily one is set for its next day."""

    async def work(tx: Tx, body: TimerNamed) -> tuple[BaseModel, Places]:
        await parked_timers.discard(tx.connection, call.app.clockwork, body.name, body.subject, tx.now)
        return _done(body)

    return await call.act("discard timer", asked, work)


def _done(body: TimerNamed) -> tuple[BaseModel, Places]:
    place = TimerPlace(name=body.name, subject=body.subject)
    return place, [place.model_dump()]
