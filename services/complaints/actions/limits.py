"""Limits of open filing, per address and per contact. Only keyed hashes of both are kept, and only for the window."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from services.complaints.actions import policies
from services.complaints.model.documents import Filing
from services.complaints.model.policies import Limit
from services.complaints.rules import contact
from services.complaints.store import complaints
from shared.errors import Problem
from shared.messaging.tx import Cause, Name, Tx


def names(body: Filing) -> list[Name]:
    """What the limits count, so that two filings of one citizen never count side by side. Hashed: names may be seen."""
    who = contact.voice(body.submission.contact)
    judged = [("address", body.address), *([("contact", who)] if who else [])]
    return [(kind, hashlib.sha256(value.encode()).hexdigest()[:16]) for kind, value in judged]


def counted(tx: Tx, body: Filing) -> list[tuple[str, Limit]]:
    """What a filing counts for, as keyed hashes, and the limit of each."""
    policy = policies.filing_policy_now(tx)
    key = tx.settings.reporter_keys.on(policies.local_day(tx, tx.now))
    who = contact.voice(body.submission.contact)
    of_address = (contact.keyed(key, f"address {body.address}"), policy.per_address)
    return [of_address, *([(contact.keyed(key, f"contact {who}"), policy.per_contact)] if who else [])]


async def too_often(tx: Tx, counts: dict[int, list[tuple[str, Limit]]]) -> dict[int, Problem]:
    """The filings that are over a limit. No two of a call share a subject, since subjects are names."""
    limits = {subject: limit for subjects in counts.values() for subject, limit in subjects}
    since = {subject: tx.now - timedelta(minutes=limit.minutes) for subject, limit in limits.items()}
    recent = await complaints.recent_filings(tx, since)
    waits = {
        subject: (oldest - since[subject]).total_seconds()
        for subject, (filings, oldest) in recent.items()
        if filings >= limits[subject].filings
    }
    over = {order: [waits[s] for s, _ in subjects if s in waits] for order, subjects in counts.items()}
    return {order: _slow_down(max(found)) for order, found in over.items() if found}


def _slow_down(seconds: float) -> Problem:
    return Problem(
        429,
        "too-many-reports",
        "Too many reports in a short time",
        "Please send this report again later. In urgent cases, come to the office.",
        retry_after=int(seconds) + 1,
    )


async def trim_recent_filings(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Forget filings that no rate limit counts any more."""
    policy = policies.filing_policy_now(tx)
    longest = max(policy.per_address.minutes, policy.per_contact.minutes)
    await complaints.trim_recent_filings(tx, tx.now - timedelta(minutes=longest))
