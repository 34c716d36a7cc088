"""Posting answers to offices: claim -> commit -> sign -> call with no transaction open -> record.

A crash, or a record that is lost, lets the claim lapse, and the answer is posted again, under the same id.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.complaints.channels.webhook import Answer, Poster
from services.complaints.model.webhooks import Due, Outcome, Tried
from services.complaints.rules import webhook as rules
from services.complaints.store import webhooks as store
from shared.messaging import errands
from shared.messaging.errands import Errand
from shared.messaging.failures import patiently
from shared.messaging.runner import Runner
from shared.messaging.tx import Cause, Tx

LOT = 10
"""Deliveries of one office that are under way at once."""
KIND = "webhook"


@dataclass(frozen=True, slots=True)
class Postroom:
    """All that posting needs: the runner that records, the client."""

    runner: Runner
    poster: Poster


async def claim(room: Postroom, busy: Collection[str]) -> dict[str, list[Due]]:
    """What is due, by its source, but for sources that are `busy`. It is ours for longer than a call may take."""
    settings = room.runner.settings
    seconds = settings.webhook_seconds + settings.lease_seconds
    found: dict[str, list[Due]] = {}
    for due in await patiently(lambda: store.claim(room.runner.pool, uuid4(), seconds, LOT, busy)):
        found.setdefault(due.source, []).append(due)
    return found


async def post(room: Postroom, lot: Sequence[Due]) -> None:
    """Post a lot of one office and record what came of it. What was posted is posted: that is repeated until it is."""
    tried = await asyncio.gather(*(_post(room, due) for due in lot))
    room.runner.metrics.called(KIND, [each.outcome.value for each in tried])
    first = tried[0]
    made = Errand(f"{first.due.claim} {first.due.source}", first.at, tried, (("webhook", first.due.source),))
    await patiently(lambda: errands.record(room.runner, record, [made]))


async def _post(room: Postroom, due: Due) -> Tried:
    secrets = [rules.secret_of(room.runner.settings.receipt_keys, kept) for kept in due.secrets]
    known = [secret for secret in secrets if secret is not None]
    if known:
        body = due.body.encode()
        headers = rules.headers(due.event_id, datetime.now(UTC), body, known)
        answer = await room.poster.post(due.url, headers, body)
    else:
        answer = Answer(Outcome.UNSIGNED)
    return Tried(due, answer.outcome, answer.status, datetime.now(UTC))


async def record(tx: Tx, causes: Sequence[Cause[Sequence[Tried]]]) -> None:
    """Write down what came of lots, each of one office, and how its webhook stands since."""
    patience = timedelta(days=tx.settings.webhook_failing_days)
    for cause in causes:
        await store.record(tx, [(each, *rules.after(each, patience)) for each in cause.body])
        outcomes, due = {each.outcome for each in cause.body}, cause.body[0].due
        if Outcome.GONE not in outcomes and Outcome.DELIVERED in outcomes:
            await store.succeeded(tx, due)
        else:
            await store.failed(tx, due, gone=Outcome.GONE in outcomes, patience=patience)
