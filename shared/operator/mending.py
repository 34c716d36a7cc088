"""Mending what `salor reconcile` found: sending again, acknowledging what nobody told, going on after a restore."""

from dataclasses import asdict

from pydantic import BaseModel, Field
from starlette.responses import Response

from shared.errors import Problem
from shared.http import refuses
from shared.messaging import resend, restored
from shared.messaging.restored import RelayAtWork
from shared.messaging.tx import Tx
from shared.operator.acts import Act, ActContext, Because, Places, answered, asked, asking_the_broker, router
from shared.operator.documents import KEY, Key, Stream

RAISE_SECONDS = 6.0
"""Below the patience of a command; the lease of a backup lapses sooner, or the caller comes again."""
AS_LONG_AS_IT_TAKES = "SET LOCAL idle_in_transaction_session_timeout = 0"
REASON = "reconcile found it behind"
FOREIGN = "somebody tried out a client on the wrong topic"

ACKNOWLEDGE = """INSERT INTO acknowledged (stream, key, told, seen)
SELECT stream, key, $3, sequence FROM seen WHERE stream = $1 AND key = $2 AND sequence = $4 AND sequence > $3
ON CONFLICT (stream, key) DO UPDATE SET told = excluded.told, seen = excluded.seen RETURNING told, seen"""

routes = router()


class Again(Because):
    """The events of a key to send again, from a sequence on."""

    model_config = asked(**KEY, start=4, reason=REASON)

    stream: Stream
    key: Key
    start: int = Field(ge=1, le=10**18)


class Queued(BaseModel):
    """How many events were queued to be sent again."""

    model_config = answered(queued=2)

    queued: int


class Difference(BaseModel):
    """How far a key was told by its sender, and how much farther it was seen here."""

    model_config = answered(**KEY, told=1, seen=2)

    stream: Stream
    key: Key
    told: int = Field(ge=0, le=10**18)
    seen: int = Field(ge=1, le=10**18)


class Acknowledge(Difference, Because):
    """A difference as `salor reconcile` showed it, and why it is no error."""

    model_config = asked(**KEY, told=1, seen=2, reason=FOREIGN)


class Raise(Because):
    """Why the service goes on after a restore."""

    model_config = asked(reason="restored from the backup of last night")


class Raised(BaseModel):
    """Events found lost, rows left out since a topic has them, rows numbered anew, rows that will be sent."""

    model_config = answered(lost=3, left_out=0, renumbered=1, waiting=2)

    lost: int
    left_out: int
    renumbered: int
    waiting: int


@routes.post("/resend", response_model=Queued, responses=refuses({404: "The outbox has nothing of it"}))
async def send_again(again: Again, call: Act) -> Response:
    """Queue what was told once more, under the same ids; consumers drop what they have seen."""

    async def work(tx: Tx, body: Again) -> tuple[BaseModel, Places]:
        queued = await resend.resend(tx.connection, body.stream, body.key, body.start)
        if not queued:
            title = f"The outbox has nothing of ({body.stream}, {body.key}) from {body.start} on"
            raise Problem(404, "nothing-to-send", title, "It keeps what was sent for some weeks only.")
        return Queued(queued=queued), [body.model_dump(exclude={"reason"})]

    return await call.act("resend", again, work)


@routes.post("/acknowledge", response_model=Difference, responses=refuses({409: "The key has not come so far here"}))
async def acknowledge(difference: Acknowledge, call: Act) -> Response:
    """What was seen here and never told is known and no error, as long as it stays as it is."""

    async def work(tx: Tx, body: Acknowledge) -> tuple[BaseModel, Places]:
        place = Difference(**body.model_dump(exclude={"reason"}))
        if not await tx.fetch(ACKNOWLEDGE, place.stream, place.key, place.told, place.seen):
            title = f"({place.stream}, {place.key}) is not at {place.seen}, ahead of {place.told}"
            raise Problem(409, "no-such-difference", title, "Look again with `salor reconcile`.")
        return place, [place.model_dump()]

    return await call.act("acknowledge", difference, work)


@routes.post("/raise", response_model=Raised, responses=refuses({409: "A relay is at work"}))
async def raise_above(why: Raise, call: Act) -> Response:
    """Go on after this service's database was restored: what it tells is numbered above what its topics hold."""

    async def work(tx: Tx, body: Raise) -> tuple[BaseModel, Places]:
        await tx.execute(AS_LONG_AS_IT_TAKES)
        return await _raise(call), [{"service": call.app.service.name}]

    return await call.act("raise", why, work)


async def _raise(call: ActContext) -> Raised:
    prefix = call.app.settings.topic_prefix
    topics = sorted({event.topic.name for event in call.app.service.tells})
    try:
        async with asking_the_broker():
            done = await restored.raise_above(call.app.pool, call.app.brokers, prefix, topics, RAISE_SECONDS)
    except RelayAtWork:
        detail = "Only a relay that says it was restored may be raised; after a restore wait for its lease to lapse."
        raise Problem(409, "relay-at-work", "The relay of this service is at work", detail) from None
    return Raised(**asdict(done))
