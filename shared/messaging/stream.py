"""Numbering: each told event gets the next sequence of its key, in the order of the causes, and its outbox row."""

from collections.abc import Sequence

from shared.db import Connection
from shared.messaging.tx import Told
from shared.telemetry import traces

TELL = """SELECT tell($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::int[], $7::uuid[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::text[])"""
LARGEST = 512 * 1024
"""Bytes of an event with its key and trail: half of what a topic takes. Refused when told, so that an oversize event
can't wedge the relay."""


async def tell(connection: Connection, told: list[Told]) -> None:
    """Number the events (sorted by their causes, so any cutting numbers alike) and write them to the outbox."""
    told = sorted(told, key=lambda one: one.cause.order)
    counts: dict[tuple[str, str], int] = {}
    here = traces.current()
    rows = []
    for one in told:
        place = (one.event.topic.name, one.key)
        nth = counts[place] = counts.get(place, 0) + 1
        trail = (one.correlation_id, one.cause.id, one.cause.traceparent or here)
        rows.append((*place, nth, one.id, one.event.type, *trail, _payload(one, trail)))
    places = sorted(counts)
    await connection.execute(
        TELL,
        [stream for stream, _ in places],
        [key for _, key in places],
        [counts[place] for place in places],
        *map(list, zip(*rows, strict=True)),
    )


def _payload(one: Told, trail: Sequence[str | None]) -> str:
    payload = one.event.model_dump_json()
    size = len("".join(text for text in (payload, one.key, *trail) if text).encode())
    if size > LARGEST:
        raise ValueError(f"{type(one.event).__name__} has {size} bytes: an event has at most {LARGEST}")
    return payload
