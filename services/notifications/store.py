"""All SQL of the notifications service."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Record

from services.notifications.model import (
    Audience,
    Delivery,
    DeliveryState,
    InboxEntry,
    Medium,
    Message,
    NewDelivery,
    Outcome,
    Person,
    Standing,
    State,
    Verb,
    What,
)
from shared.messaging.tx import Tx


class Reads(Protocol):
    """Whatever can read: a batch's transaction, a reader of the API, a pool."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]: ...


# The version only rises: the directory's topic is compacted, so an older record may come again.
KEEP_PEOPLE = """INSERT INTO person (employee_id, version, name, email, language, superior_id)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::uuid[]) AS p ORDER BY 1
ON CONFLICT (employee_id) DO UPDATE SET version = excluded.version, name = excluded.name, email = excluded.email,
    language = excluded.language, superior_id = excluded.superior_id WHERE excluded.version > person.version"""


async def keep_people(tx: Tx, people: Sequence[Person]) -> None:
    """Keep what the directory tells of civil servants."""
    columns = zip(
        *((p.employee_id, p.version, p.name, p.email, p.language, p.superior_id) for p in people), strict=True
    )
    await tx.execute(KEEP_PEOPLE, *(list(column) for column in columns))


PEOPLE = """SELECT employee_id, version, name, email, language, superior_id FROM person
WHERE employee_id = ANY($1::uuid[])
    OR employee_id IN (SELECT superior_id FROM person WHERE employee_id = ANY($1::uuid[]))"""


async def people(reads: Reads, employees: Iterable[UUID]) -> dict[UUID, Person]:
    """The employees, and their superiors, as far as the directory has told of them."""
    rows = await reads.fetch(PEOPLE, sorted(set(employees)))
    return {row["employee_id"]: Person(**dict(row)) for row in rows}


INSERT_DELIVERIES = """INSERT INTO delivery (delivery_id, event_id, what, audience, recipient, channel, facts,
    correlation_id, state, reason, not_before, next_at, created_at, changed_at)
SELECT id, event_id, what, audience, recipient, channel, facts, correlation_id,
    CASE WHEN not_before IS NULL THEN 'pending' ELSE 'waiting' END,
    CASE WHEN not_before IS NULL THEN '' ELSE 'daily collection' END,
    not_before, coalesce(not_before, $10), $10, $10
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
    $9::timestamptz[])
AS n (id, event_id, what, audience, recipient, channel, facts, correlation_id, not_before)
ON CONFLICT DO NOTHING"""


async def insert_deliveries(tx: Tx, new: Sequence[NewDelivery]) -> None:
    """Put deliveries on their way: one for each (event, recipient, channel), and for a citizen one of each kind."""
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
        [notice.not_before for notice in notices],
        tx.now,
    )


# `MOVES` says from which states a delivery may be claimed; a test holds the two together.
CLAIM = """UPDATE delivery SET state = 'claimed', claim = $1, changed_at = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE delivery_id IN (SELECT delivery_id FROM delivery
    WHERE state IN ('pending', 'waiting') AND next_at <= clock_timestamp()
    ORDER BY next_at, delivery_id LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING delivery_id, claim, what, audience, recipient, channel, facts, attempts, created_at, correlation_id"""


async def claim(reads: Reads, token: UUID, lease_seconds: float, lot: int) -> list[Delivery]:
    """Lease what is due, oldest first, in a transaction of its own."""
    return [_delivery(row) for row in await reads.fetch(CLAIM, token, lease_seconds, lot)]


GIVE_BACK = """UPDATE delivery SET lease_until = clock_timestamp()
WHERE state = 'claimed' AND lease_until > clock_timestamp() AND claim = $1"""


async def give_back(reads: Reads, token: UUID) -> None:
    """End the lease of what was claimed and not begun, so that it is due again at the next look for such."""
    await reads.fetch(GIVE_BACK, token)


def _delivery(row: Record) -> Delivery:
    return Delivery(
        delivery_id=row["delivery_id"],
        claim=row["claim"],
        what=What(row["what"]),
        audience=Audience(row["audience"]),
        recipient=row["recipient"],
        channel=Medium(row["channel"]),
        facts=json.loads(row["facts"]),
        attempts=row["attempts"],
        created_at=row["created_at"],
        correlation_id=row["correlation_id"],
    )


# Marked already under this very claim: the answer was lost, and whoever asks again has not called yet.
ATTEMPT = """UPDATE delivery SET state = 'sending', attempts = attempts + (state = 'claimed')::int,
    changed_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE delivery_id = $1 AND claim = $2 AND state IN ('claimed', 'sending') AND lease_until > clock_timestamp()
RETURNING delivery_id"""


async def attempt(reads: Reads, delivery: Delivery, lease_seconds: float) -> bool:
    """Mark, just before the call, that it begins. False: the lease is no longer ours, so nothing may be sent.

    May be repeated until it is answered, and not once the call has begun.
    """
    return bool(await reads.fetch(ATTEMPT, delivery.delivery_id, delivery.claim, lease_seconds))


EXPIRED = """SELECT delivery_id, claim, correlation_id FROM delivery
WHERE state IN ('claimed', 'sending') AND lease_until < clock_timestamp() ORDER BY lease_until LIMIT $1"""


async def expired(reads: Reads, lot: int) -> list[Outcome]:
    """That the leases of deliveries have run out."""
    rows = await reads.fetch(EXPIRED, lot)
    return [
        Outcome(row["delivery_id"], row["claim"], Verb.EXPIRE, "lease ran out", correlation_id=row["correlation_id"])
        for row in rows
    ]


STANDINGS = """SELECT delivery_id, claim, state, event_id, audience, channel, lease_until FROM delivery
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
        )
        for row in rows
    }


RECORD = """UPDATE delivery SET state = n.state, reason = n.reason, next_at = coalesce(n.next_at, delivery.next_at),
    changed_at = $5
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS n (delivery_id, state, reason, next_at)
WHERE delivery.delivery_id = n.delivery_id"""


async def record(tx: Tx, moved: Sequence[tuple[Outcome, State]]) -> None:
    """Write the states that outcomes led to. Their rows are locked."""
    await tx.execute(
        RECORD,
        [outcome.delivery_id for outcome, _ in moved],
        [state.value for _, state in moved],
        [outcome.reason for outcome, _ in moved],
        [outcome.next_at for outcome, _ in moved],
        tx.now,
    )


PUT_IN_INBOX = """INSERT INTO inbox (delivery_id, recipient, language, subject, text, at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (delivery_id) DO NOTHING"""


async def put_in_inbox(reads: Reads, message: Message) -> None:
    """Show a message in the inbox of its recipient; again, it shows once."""
    recipient = UUID(message.address)
    await reads.fetch(PUT_IN_INBOX, message.delivery_id, recipient, message.language, message.subject, message.text)


INBOX = """SELECT delivery_id, subject, text, language, at, read_at FROM inbox
WHERE recipient = $1 AND ($2::uuid IS NULL OR (at, delivery_id) <
    (SELECT at, delivery_id FROM inbox WHERE recipient = $1 AND delivery_id = $2))
ORDER BY at DESC, delivery_id DESC LIMIT $3"""


async def inbox(reads: Reads, recipient: UUID, after: UUID | None, limit: int) -> list[InboxEntry]:
    """A recipient's messages, newest first, those older than the message `after`."""
    return [InboxEntry.model_validate(dict(row)) for row in await reads.fetch(INBOX, recipient, after, limit)]


DELIVERIES = """SELECT delivery_id, event_id, what, audience, channel, state, reason, attempts, not_before, next_at,
    changed_at FROM delivery
WHERE state = $1 AND ($2::uuid IS NULL OR (changed_at, delivery_id) >
    (SELECT changed_at, delivery_id FROM delivery WHERE delivery_id = $2))
ORDER BY changed_at, delivery_id LIMIT $3"""


async def deliveries(reads: Reads, state: State, after: UUID | None, limit: int) -> list[DeliveryState]:
    """Deliveries in a state, the oldest change first, those behind the delivery `after`."""
    rows = await reads.fetch(DELIVERIES, state.value, after, limit)
    return [DeliveryState.model_validate(dict(row)) for row in rows]


# Accepted ones are counted as they are told; to count them here would take longer every year.
DELIVERIES_OPEN = """SELECT state, count(*) AS deliveries FROM delivery
WHERE state IN ('waiting', 'pending', 'claimed', 'sending', 'failed', 'unknown') GROUP BY state"""
