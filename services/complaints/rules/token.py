"""Tokens of offices: `salor_ID_SECRET`. The id finds the row and may be shown; of the secret a hash is kept."""

import hashlib
import hmac
import re
from uuid import UUID

FORM = re.compile(r"salor_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
SECRET_BYTES = 32


def written(token_id: UUID, secret: str) -> str:
    """The token as its office gets it."""
    return f"salor_{token_id.hex}_{secret}"


def parts(token: str) -> tuple[UUID, str] | None:
    """Id and secret of a token; None for what is none."""
    found = FORM.fullmatch(token)
    return (UUID(found[1]), found[2]) if found else None


def hashed(secret: str) -> bytes:
    """What is kept of a secret. It has 256 random bits, so a plain hash can't be searched for it."""
    return hashlib.sha256(secret.encode()).digest()


def opens(secret: str, kept: bytes) -> bool:
    """Whether a secret is the one of a kept hash; takes equally long, however far they agree."""
    return hmac.compare_digest(hashed(secret), kept)
