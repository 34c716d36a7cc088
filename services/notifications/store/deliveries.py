"""Deliveries: put on their way, leased, marked, recorded, and shown to operators."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.notifications.model.deliveries import Delivery, Outcome, Standing
from services.notifications.model.documents import DeliveryState
from services.notifications.model.notices import NewDelivery
from services.notifications.model.whats import What
from services.notifications.model.words import Audience, Medium, State, Verb
from services.notifications.store.reads import Reads
from shared.messaging.tx import Tx
from shared.telemetry.tables import Look

INSERT_DELIVERIES = """INSERT INTO delivery (delivery_id, event_id, what, audience, recipient, channel, facts,
    correlation_id, occasion, state, reason, not_before, next_at, created_at, changed_at)
SELECT id, event_id, what, audience, recipient, channel, facts, correlation_id, occasion,
    CASE WHEN not_before IS NULL THEN 'pending' ELSE 'waiting' END,
    CASE WHEN not_before IS NULL THEN '' ELSE 'daily collection' END,
    not_before, coalesce(not_before, $11), $11, $11
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::timestamptz[])
AS n (id, event_id, what, audience, recipient, channel, facts, correlation_id, occasion, not_before)
ON CONFLICT DO NOTHING"""


async def insert_deliveries(tx: Tx, new: Sequence[NewDelivery]) -> None:
    """Put deliveries on their way: one for each (event, recipient, channel), and one for each occasion."""
    notices = [delivery.notice for delivery in new]
    await tx.execute(
        INSERT_DELIVERIES,
        [delivery.delivery_id for delivery in new],
        [delivery.event_id for delivery in new],
        [notice.what.value for notice in notices],
        [notice.audience.value for notice in notices],
        [notice.recipient for notice in notices],
        [delivery.channel.value for delivery in new],
        [json.dumps(dict(notice.facts)) for notice in notices],
        [delivery.correlation_id for delivery in new],
        [delivery.occasion for delivery in new],
        [notice.not_before for notice in notices],
        tx.now,
    )


# `MOVES` says from which states a delivery may be claimed; a test holds the two together.
CLAIM = """UPDATE delivery SET state = 'claimed', claim = $1, changed_at = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE delivery_id IN (SELECT due.delivery_id FROM unnest($3::text[], $4::int[]) AS c (channel, most), LATERAL (
    SELECT delivery_id FROM delivery
    WHERE state IN ('pending', 'waiting') AND channel = c.channel AND next_at <= greatest(clock_timestamp(), $5)
    ORDER BY next_at, delivery_id LIMIT c.most FOR UPDATE SKIP LOCKED) AS due)
RETURNING delivery_id, claim, event_id, what, audience, recipient, channel, facts, refusals, created_at,
    correlation_id"""


async def claim(
    reads: Reads, token: UUID, lease_seconds: float, most: Mapping[Medium, int], now: datetime | None = None
) -> list[Delivery]:
    """Lease what is due by some channels (at `now`, else by the database's clock), oldest first, and commit.

    `most`: how many by each channel.
    """
    rows = await reads.fetch(CLAIM, token, lease_seconds, [*most], [*most.values()], now)
    return [_delivery(row) for row in rows]


GIVE_BACK = """UPDATE delivery SET lease_until = clock_timestamp()
WHERE state = 'claimed' AND lease_until > clock_timestamp() AND claim = $1"""


async def give_back(reads: Reads, token: UUID) -> None:
    """End the lease of what was claimed and not begun, so that it is due again at the next look for such."""
    await reads.fetch(GIVE_BACK, token)


def _delivery(row: Record) -> Delivery:
    return Delivery(
        delivery_id=row["delivery_id"],
        claim=row["claim"],
        event_id=row["event_id"],
        what=What(row["what"]),
        audience=Audience(row["audience"]),
        recipient=row["recipient"],
        channel=Medium(row["channel"]),
        facts=json.loads(row["facts"]),
        refusals=row["refusals"],
        created_at=row["created_at"],
        correlation_id=row["correlation_id"],
    )


# Marked already under this very claim: the answer was lost, and whoever asks again has not called yet.
ATTEMPT = """UPDATE delivery SET state = 'sending', attempts = attempts + (state = 'claimed')::int, template = $4,
    changed_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE delivery_id = $1 AND claim = $2 AND state IN ('claimed', 'sending') AND lease_until > clock_timestamp()
RETURNING delivery_id"""


async def attempt(reads: Reads, delivery: Delivery, lease_seconds: float, template: str = "") -> bool:
    """Mark, just before the call, that it begins. False: the lease is no longer ours, so nothing may be sent.

    May be repeated until it is answered, and not once the call has begun.
    """
    return bool(await reads.fetch(ATTEMPT, delivery.delivery_id, delivery.claim, lease_seconds, template))


EXPIRED = """SELECT delivery_id, claim, correlation_id FROM delivery
WHERE state IN ('claimed', 'sending') AND lease_until < clock_timestamp() ORDER BY lease_until LIMIT $1"""


async def expired(reads: Reads, lot: int) -> list[Outcome]:
    """That the leases of deliveries have run out."""
    rows = await reads.fetch(EXPIRED, lot)
    return [
        Outcome(row["delivery_id"], row["claim"], Verb.EXPIRE, "lease ran out", correlation_id=row["correlation_id"])
        for row in rows
    ]


STANDINGS = """SELECT delivery_id, claim, state, event_id, audience, channel, lease_until, correlation_id FROM delivery
WHERE delivery_id = ANY($1::uuid[]) ORDER BY delivery_id FOR UPDATE"""


async def standings(tx: Tx, deliveries: Iterable[UUID]) -> dict[UUID, Standing]:
    """Deliveries with their rows locked."""
    rows = await tx.fetch(STANDINGS, sorted(deliveries))
    return {
        row["delivery_id"]: Standing(
            row["delivery_id"],
            row["claim"],
            State(row["state"]),
            row["event_id"],
            Audience(row["audience"]),
            Medium(row["channel"]),
            row["lease_until"],
            row["correlation_id"],
        )
        for row in rows
    }


RECORD = """UPDATE delivery SET state = n.state, reason = n.reason, next_at = coalesce(n.next_at, delivery.next_at),
    refusals = refusals + n.refused::int, template = coalesce(nullif(n.template, ''), delivery.template),
    changed_at = $7
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bool[], $6::text[])
    AS n (delivery_id, state, reason, next_at, refused, template)
WHERE delivery.delivery_id = n.delivery_id"""


async def record(tx: Tx, moved: Sequence[tuple[Outcome, State]]) -> None:
    """Write the states that outcomes led to. Their rows are locked."""
    await tx.execute(
        RECORD,
        [outcome.delivery_id for outcome, _ in moved],
        [state.value for _, state in moved],
        [outcome.reason for outcome, _ in moved],
        [outcome.next_at for outcome, _ in moved],
        [outcome.verb is Verb.RETRY for outcome, _ in moved],
        [outcome.template for outcome, _ in moved],
        tx.now,
    )


DELIVERIES = """SELECT delivery_id, event_id, what, audience, channel, state, reason, attempts, template, not_before,
    next_at, changed_at FROM delivery
WHERE state = $1 AND ($2::text IS NULL OR channel = $2) AND ($3::text IS NULL OR what = $3)
    AND ($4::uuid IS NULL OR (changed_at, delivery_id) >
        (SELECT changed_at, delivery_id FROM delivery WHERE delivery_id = $4))
ORDER BY changed_at, delivery_id LIMIT $5"""


async def deliveries(
    reads: Reads,
    state: State,
    after: UUID | None,
    limit: int,
    *,
    channel: Medium | None = None,
    what: What | None = None,
) -> list[DeliveryState]:
    """Deliveries in a state, the oldest change first, those behind the delivery `after`."""
    rows = await reads.fetch(DELIVERIES, state, channel, what, after, limit)
    return [DeliveryState.model_validate(dict(row)) for row in rows]


# Accepted ones are counted as they are told; to count them here would take longer every year.
DELIVERIES_OPEN = """SELECT state, count(*) AS deliveries FROM delivery
WHERE state IN ('waiting', 'pending', 'claimed', 'sending', 'failed', 'unknown') GROUP BY state"""
LOOKS = (Look(DELIVERIES_OPEN, {"deliveries": "Deliveries not accepted or suppressed"}, ("state",)),)
