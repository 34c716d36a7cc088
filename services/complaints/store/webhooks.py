"""Webhooks and their deliveries. A delivery is claimed by moving `next_at` to where the claim lapses."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Record

from services.complaints.model.webhooks import Because, Due, Secret, State, Tried
from shared.messaging.tx import Tx
from shared.telemetry.tables import Look

SHOWN = """url, registered_at, failing_since, disabled_at, disabled_because,
    CASE WHEN former_until > now() THEN former_until END AS former_secret_until"""
LOGGED = """event_id, submission, accepted, state, told_at, tries, tried_at, outcome, status,
    CASE WHEN state = 'pending' THEN next_at END AS next_at"""
REGISTER = f"""INSERT INTO webhook (source, url, secret_id, secret_hash, registered_at)
VALUES ($1::text, $2::text, $3::uuid, $4::bytea, $5::timestamptz)
ON CONFLICT (source) DO UPDATE SET url = excluded.url, registered_at = excluded.registered_at, failing_since = NULL,
    disabled_at = NULL, disabled_because = NULL
RETURNING {SHOWN}, secret_id = $3 AS new"""  # noqa: S608
RESUME = """UPDATE webhook_delivery SET state = 'pending', since = $2::timestamptz, next_at = $2, tries = 0,
    claim = NULL
WHERE source = $1::text AND state <> 'delivered'"""
ROTATE = f"""UPDATE webhook SET former_id = secret_id, former_hash = secret_hash, former_until = $4::timestamptz,
    secret_id = $2::uuid, secret_hash = $3::bytea WHERE source = $1::text RETURNING {SHOWN}"""  # noqa: S608
DISABLE = f"""UPDATE webhook SET disabled_at = coalesce(disabled_at, $2::timestamptz),
    disabled_because = coalesce(disabled_because, $3::text) WHERE source = $1::text RETURNING {SHOWN}"""  # noqa: S608
REDELIVER = f"""UPDATE webhook_delivery SET state = 'pending', since = $3::timestamptz, next_at = $3, tries = 0,
    claim = NULL WHERE source = $1::text AND event_id = $2::uuid RETURNING {LOGGED}"""  # noqa: S608
WEBHOOK = f"SELECT {SHOWN} FROM webhook WHERE source = $1::text"  # noqa: S608
DELIVERIES = f"""SELECT {LOGGED} FROM webhook_delivery WHERE source = $1::text
    AND (told_at, event_id) < (coalesce($2::timestamptz, 'infinity'),
        coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY told_at DESC, event_id DESC LIMIT $4::int"""  # noqa: S608
FOR_OPERATORS = """SELECT source, substring(url FROM '^\\w+://([^/?]+)') AS host, registered_at, failing_since,
    disabled_at, disabled_because
FROM webhook WHERE ($1::text IS NULL OR source > $1) AND ($2::text IS NULL OR source = $2)
ORDER BY source LIMIT $3::int"""

POST_LATER = """INSERT INTO webhook_delivery (event_id, source, submission, accepted, body, told_at, since, next_at)
SELECT n.event_id, n.source, n.submission, n.accepted, n.body, $6::timestamptz, $6, $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::text[])
    AS n (event_id, source, submission, accepted, body)
JOIN webhook w ON w.source = n.source ORDER BY n.event_id ON CONFLICT DO NOTHING"""
# A lot of each webhook, so that one with a long log keeps no other waiting.
CLAIM = """UPDATE webhook_delivery d SET claim = $1::uuid, next_at = now() + make_interval(secs => $2)
FROM (SELECT w.*, mine.event_id FROM webhook w CROSS JOIN LATERAL (
        SELECT event_id FROM webhook_delivery
        WHERE source = w.source AND state = 'pending' AND next_at <= now()
        ORDER BY next_at, event_id LIMIT $3::int FOR UPDATE SKIP LOCKED) AS mine
    WHERE w.disabled_at IS NULL AND w.source <> ALL($4::text[])) AS due
WHERE d.event_id = due.event_id
RETURNING d.event_id, d.source, d.body, d.tries, d.since, d.claim, due.url, due.registered_at, due.secret_id,
    due.secret_hash, due.former_id, due.former_hash, due.former_until > now() AS both_sign"""
RECORD = """UPDATE webhook_delivery d SET state = n.state, next_at = n.next_at, tries = d.tries + 1, claim = NULL,
    tried_at = n.at, outcome = n.outcome, status = n.status
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::int[])
    AS n (event_id, claim, state, next_at, at, outcome, status)
WHERE d.event_id = n.event_id AND d.claim = n.claim"""
SUCCEEDED = """UPDATE webhook SET failing_since = NULL
WHERE source = $1::text AND registered_at = $2::timestamptz AND failing_since IS NOT NULL"""
FAILED = """UPDATE webhook SET failing_since = coalesce(failing_since, $3::timestamptz),
    disabled_at = CASE WHEN $4 OR failing_since <= $5::timestamptz THEN $3 END,
    disabled_because = CASE WHEN $4::boolean THEN 'gone' WHEN failing_since <= $5 THEN 'failing' END
WHERE source = $1::text AND registered_at = $2::timestamptz AND disabled_at IS NULL"""
TRIM = """DELETE FROM webhook_delivery WHERE event_id = ANY(ARRAY(
    SELECT event_id FROM webhook_delivery WHERE told_at < $1::timestamptz ORDER BY told_at LIMIT $2))
RETURNING event_id"""

WEBHOOKS_BY_STATE = """SELECT CASE WHEN disabled_at IS NOT NULL THEN 'disabled' WHEN failing_since IS NOT NULL
    THEN 'failing' ELSE 'well' END AS state, count(*) AS webhooks FROM webhook GROUP BY 1"""
DELIVERIES_OPEN = """SELECT state, count(*) AS webhook_deliveries FROM webhook_delivery
WHERE state <> 'delivered' GROUP BY state"""
LOOKS = (
    Look(WEBHOOKS_BY_STATE, {"webhooks": "Webhooks of offices by how they stand"}, ("state",)),
    Look(DELIVERIES_OPEN, {"webhook_deliveries": "Answers not posted: pending, given up"}, ("state",)),
)


class Reads(Protocol):
    """Whatever can run a statement: a batch's transaction, a pool."""

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]: ...


async def register(tx: Tx, source: str, url: str, made: Secret) -> Record:
    """Keep where answers go; what was not delivered is due again. `new`: `made` is its secret, for it had none."""
    (row,) = await tx.fetch(REGISTER, source, url, made.secret_id, made.hashed, tx.now)
    await tx.execute(RESUME, source, tx.now)
    return row


async def rotate(tx: Tx, source: str, made: Secret, former_until: datetime) -> Record | None:
    """Sign with a new secret, until a moment also with the former; none where there is no webhook."""
    rows = await tx.fetch(ROTATE, source, made.secret_id, made.hashed, former_until)
    return rows[0] if rows else None


async def disable(tx: Tx, source: str, because: Because) -> Record | None:
    """Post nothing more, if that is not so; none where there is no webhook."""
    rows = await tx.fetch(DISABLE, source, tx.now, because.value)
    return rows[0] if rows else None


async def webhook(tx: Tx, source: str) -> Record | None:
    """The webhook of a source."""
    rows = await tx.fetch(WEBHOOK, source)
    return rows[0] if rows else None


async def redeliver(tx: Tx, source: str, event_id: UUID) -> Record | None:
    """Make a delivery due again, whatever became of it; none where the source has no such."""
    rows = await tx.fetch(REDELIVER, source, event_id, tx.now)
    return rows[0] if rows else None


async def post_later(tx: Tx, answers: Sequence[tuple[UUID, str, str, bool, str]]) -> None:
    """Put answers on their way, those whose sources have a webhook: (event id, source, submission, accepted, body)."""
    await tx.execute(POST_LATER, *map(list, zip(*answers, strict=True)), tx.now)


async def claim(reads: Reads, token: UUID, seconds: float, lot: int, busy: Collection[str]) -> list[Due]:
    """Claim what is due for some seconds, at most `lot` of each webhook, in a transaction of its own."""
    return [_due(row) for row in await reads.fetch(CLAIM, token, seconds, lot, list(busy))]


def _due(row: Record) -> Due:
    secrets = [Secret(row["secret_id"], row["secret_hash"])]
    if row["both_sign"]:
        secrets.append(Secret(row["former_id"], row["former_hash"]))
    names = ("event_id", "source", "body", "tries", "since", "claim", "url", "registered_at")
    return Due(**{name: row[name] for name in names}, secrets=tuple(secrets))


async def record(tx: Tx, settled: Sequence[tuple[Tried, State, datetime]]) -> None:
    """Write down tries, where each left its delivery and when that is due again; none under a claim that lapsed."""
    ordered = sorted(settled, key=lambda one: one[0].due.event_id)
    await tx.execute(
        RECORD,
        [tried.due.event_id for tried, _, _ in ordered],
        [tried.due.claim for tried, _, _ in ordered],
        [state.value for _, state, _ in ordered],
        [next_at for _, _, next_at in ordered],
        [tried.at for tried, _, _ in ordered],
        [tried.outcome.value for tried, _, _ in ordered],
        [tried.status for tried, _, _ in ordered],
    )


async def succeeded(tx: Tx, due: Due) -> None:
    """A try of this webhook, as it was registered then, succeeded."""
    await tx.execute(SUCCEEDED, due.source, due.registered_at)


async def failed(tx: Tx, due: Due, *, gone: bool, patience: timedelta) -> None:
    """None of its tries did: it is disabled where it is gone, or has failed for longer than `patience`."""
    await tx.execute(FAILED, due.source, due.registered_at, tx.now, gone, tx.now - patience)


async def trim(tx: Tx, until: datetime, most: int) -> int:
    """Forget deliveries told before a moment. Gives how many, of at most `most`."""
    return len(await tx.fetch(TRIM, until, most))
