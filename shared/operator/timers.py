"""Parked timers for an operator: list, replay, discard."""

from datetime import datetime

from pydantic import BaseModel, Field
from starlette.responses import Response

from shared.http import Listing, Page, Paging, Reader, refuses
from shared.messaging import parked_timers
from shared.messaging.tx import Tx
from shared.operator.acts import Act, Because, Places, answered, asked, router

TIMERS = """SELECT name, subject, due, attempts, failure FROM timer
WHERE failure IS NOT NULL AND ($1::text IS NULL OR (name, subject) > ($1, $2)) ORDER BY name, subject LIMIT $3"""

TIMER = {"name": "service_deadline", "subject": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11"}
UNKNOWN = refuses({404: "No such timer is parked"})

routes = router("/timers")


class ParkedTimer(BaseModel):
    """A timer that failed three times."""

    model_config = answered(**TIMER, due="2026-03-02T08:00:00Z", attempts=3, failure="KeyError")

    name: str
    subject: str
    due: datetime
    attempts: int
    failure: str


class TimerPlace(BaseModel):
    """What a timer is known by."""

    model_config = answered(**TIMER)

    name: str = Field(max_length=200)
    subject: str = Field(max_length=1_000)


class TimerNamed(TimerPlace, Because):
    """A timer, and why it is replayed or discarded."""

    model_config = asked(**TIMER, reason="the rule was mended")


LIST = Listing[ParkedTimer]("timers", lambda one: (one.name, one.subject), str, str)


@routes.get("")
async def listed(read: Reader, asked: Paging) -> Page[ParkedTimer]:
    """Timers that failed three times and stand aside."""
    rows = await read.fetch(TIMERS, *LIST.place(asked), asked.rows)
    return LIST.page([ParkedTimer(**row) for row in rows], asked)


@routes.post("/replay", response_model=TimerPlace, responses=UNKNOWN)
async def replay(asked: TimerNamed, call: Act) -> Response:
    """Let a parked timer fire again."""

    async def work(tx: Tx, body: TimerNamed) -> tuple[BaseModel, Places]:
        await parked_timers.replay(tx.connection, body.name, body.subject)
        return _done(body)

    return await call.act("replay timer", asked, work)


@routes.post("/discard", response_model=TimerPlace, responses=UNKNOWN)
async def discard(asked: TimerNamed, call: Act) -> Response:
    """Take a parked timer away for good; a daily one is set for its next day."""

    async def work(tx: Tx, body: TimerNamed) -> tuple[BaseModel, Places]:
        await parked_timers.discard(tx.connection, call.app.clockwork, body.name, body.subject, tx.now)
        return _done(body)

    return await call.act("discard timer", asked, work)


def _done(body: TimerNamed) -> tuple[BaseModel, Places]:
    place = TimerPlace(name=body.name, subject=body.subject)
    return place, [place.model_dump()]
