"""Mending what `salor reconcile` found: sending again from the outbox, and going on after a restore."""

from dataclasses import asdict

from aiokafka.errors import KafkaError
from pydantic import BaseModel, Field
from starlette.responses import Response

from shared.errors import Problem
from shared.http import refuses
from shared.messaging import resend, restored
from shared.messaging.restored import RelayAtWork
from shared.messaging.tx import Tx
from shared.operator.acts import Act, ActContext, Because, Places, answered, asked, router
from shared.operator.documents import KEY, Key, Stream

RAISE_SECONDS = 6.0
"""Below the patience of a command; the lease of a backup lapses sooner, or the caller comes again."""
AS_LONG_AS_IT_TAKES = "SET LOCAL idle_in_transaction_session_timeout = 0"
REASON = "reconcile found it behind"

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


@routes.post("/raise", response_model=Raised, responses=refuses({409: "A relay is at work"}))
async def raise_above(why: Raise, call: Act) -> Response:
    """Go on after this service's database was restored: what it tells is numbered above what its topics hold."""

    async def work(tx: Tx, body: Raise) -> tuple[BaseModel, Places]:
        await tx.execute(AS_LONG_AS_IT_TAKES)
        return await _raise(call), [{"service": call.app.service.name}]

    return await call.act("raise", why, work)


async def _raise(call: ActContext) -> Raised:
    settings = call.app.settings
    topics = sorted({event.topic.name for event in call.app.service.tells})
    try:
        done = await restored.raise_above(
            call.app.pool, settings.kafka.split(","), settings.topic_prefix, topics, RAISE_SECONDS
        )
    except RelayAtWork:
        detail = "Only a relay that says it was restored may be raised; after a restore wait for its lease to lapse."
        raise Problem(409, "relay-at-work", "The relay of this service is at work", detail) from None
    except (KafkaError, OSError) as error:
        title = f"The broker can't be reached ({type(error).__name__})"
        raise Problem(503, "broker-away", title, retry_after=5) from error
    return Raised(**asdict(done))
