"""Tokens of offices."""

from uuid import UUID

from shared.messaging.tx import Tx

GIVE = """INSERT INTO office_token (token_id, source, place, secret_hash, given_at)
SELECT $1::uuid, $2::text, free.place, $3::bytea, $4::timestamptz FROM generate_series(1, 2) AS free(place)
WHERE NOT EXISTS (SELECT FROM office_token t
    WHERE t.source = $2 AND t.place = free.place AND t.revoked_at IS NULL)
ORDER BY free.place LIMIT 1 ON CONFLICT DO NOTHING RETURNING token_id"""
REVOKE = """UPDATE office_token SET revoked_at = coalesce(revoked_at, $2::timestamptz) WHERE token_id = $1::uuid
RETURNING source"""
VALID = "SELECT source, secret_hash FROM office_token WHERE token_id = $1::uuid AND revoked_at IS NULL"
LISTED = """SELECT source, token_id, given_at, revoked_at FROM office_token
WHERE $1::text IS NULL OR (source, token_id) > ($1, $2::uuid) ORDER BY source, token_id LIMIT $3::int"""


async def give(tx: Tx, token_id: UUID, source: str, secret_hash: bytes) -> bool:
    """Keep a new token; False where its office has two that are valid."""
    return bool(await tx.fetch(GIVE, token_id, source, secret_hash, tx.now))


async def revoke(tx: Tx, token_id: UUID) -> str | None:
    """Make a token invalid, if it is not. Gives its source; None where there is no such token."""
    rows = await tx.fetch(REVOKE, token_id, tx.now)
    return rows[0]["source"] if rows else None
