"""Webhooks after standardwebhooks.com: their secrets, their signatures, and how patiently they are tried. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from services.complaints.model.webhooks import Outcome, Secret, State, Tried
from shared.keys import DatedKeys

PREFIX = "whsec_"
BOTH_SIGN = timedelta(days=7)
"""So long after a rotation the former secret signs, too."""
BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 5.0, 6 * 3_600.0


def secret(key: bytes, secret_id: UUID) -> str:
    """A secret as its office gets it. Never stored: like a receipt code it is made again where it is needed."""
    made = hmac.new(key, b"webhook\0" + secret_id.bytes, hashlib.sha256).digest()
    return PREFIX + base64.b64encode(made).decode()


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret; of 256 bits, so that a plain hash can't be searched for it."""
    return hashlib.sha256(secret.encode()).digest()


def secret_of(keys: DatedKeys, kept: Secret) -> str | None:
    """The secret that was made, by whichever key; none where that key was withdrawn."""
    secrets = (secret(key, kept.secret_id) for key in keys.newest_first)
    return next((one for one in secrets if hmac.compare_digest(secret_hash(one), kept.hashed)), None)


def headers(event_id: UUID, at: datetime, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """What stands above a body: the event's id, the same however often it is posted, the time, a signature each."""
    timestamp = str(int(at.timestamp()))
    signed = f"{event_id}.{timestamp}.".encode() + body
    signatures = [_signature(secret, signed) for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": str(event_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def after(tried: Tried, patience: timedelta) -> tuple[State, datetime]:
    """Where a try leaves its delivery, and when it is due again: each wait twice the one before, up to six hours."""
    if tried.outcome is Outcome.DELIVERED:
        return State.DELIVERED, tried.at
    if tried.at - tried.due.since >= patience:
        return State.FAILED, tried.at
    wait = min(BACKOFF_SECONDS * 2 ** min(tried.due.tries, 20), LONGEST_BACKOFF_SECONDS)
    return State.PENDING, tried.at + timedelta(seconds=wait)
