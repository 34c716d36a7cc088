"""Webhooks: an office says where its answers go, and asks for one again; answers are put on their way."""

from collections.abc import Sequence
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from asyncpg import Record
from pydantic import BaseModel

from services.complaints.actions import policies
from services.complaints.actions.submissions import Receipt
from services.complaints.model.webhooks import Because, Delivery, OfficeWebhook, Secret, Webhook, WebhookKept
from services.complaints.rules import webhook as rules
from services.complaints.store import webhooks as store
from shared.errors import Problem
from shared.events.complaints import SubmissionAccepted, SubmissionRefused
from shared.messaging.listens import Handler
from shared.messaging.timers import schedule
from shared.messaging.tx import Cause, Name, Told, Tx, derived_id
from shared.operator.acts import Because as Reason
from shared.operator.acts import Places, asked

TRIM_TIMER = "trim_webhook_log"
LOT = 5_000


class OfOffice(BaseModel):
    """A command of the office that names itself so."""

    source: str


class Registering(OfOffice):
    """Where its answers are to go."""

    url: str


class Redelivering(OfOffice):
    """Which of its deliveries it asks for."""

    event_id: UUID


def names(body: OfOffice) -> list[Name]:
    """What a command of an office, and the tries of its deliveries, change: its webhook."""
    return [("webhook", body.source)]


async def register(tx: Tx, causes: Sequence[Cause[Registering]]) -> None:
    """Keep where answers go from now on. A webhook that was disabled is tried again, with all that it missed."""
    for cause in causes:
        made = _secret(tx, cause)
        row = dict(await store.register(tx, cause.body.source, cause.body.url, made))
        tx.answer(cause, _kept(row, made if row.pop("new") else None))


async def rotate(tx: Tx, causes: Sequence[Cause[OfOffice]]) -> None:
    """Make a new secret; for a week the former signs, too."""
    for cause in causes:
        made = _secret(tx, cause)
        row = await store.rotate(tx, cause.body.source, made, tx.now + rules.BOTH_SIGN)
        if row is None:
            tx.refuse(cause, unknown())
        else:
            tx.answer(cause, _kept(row, made))


async def stop(tx: Tx, causes: Sequence[Cause[OfOffice]]) -> None:
    """Post nothing more, until the office registers again."""
    for cause in causes:
        row = await store.disable(tx, cause.body.source, Because.STOPPED)
        if row is None:
            tx.refuse(cause, unknown())
        else:
            tx.answer(cause, Webhook(**row))


async def redeliver(tx: Tx, causes: Sequence[Cause[Redelivering]]) -> None:
    """Post an answer again, whatever became of it before."""
    for cause in causes:
        webhook = await store.webhook(tx, cause.body.source)
        if webhook is not None and webhook["disabled_at"]:
            title, detail = "The webhook is disabled", "Register it again; what waits is posted then."
            tx.refuse(cause, Problem(409, "webhook-disabled", title, detail))
            continue
        row = await store.redeliver(tx, cause.body.source, cause.body.event_id)
        if row is None:
            tx.refuse(cause, Problem(404, "unknown-delivery", "There is no such delivery"))
        else:
            tx.answer(cause, Delivery(**row))


class Stop(Reason):
    """Whose webhook, and why."""

    model_config = asked(source="urn:example:front-office", reason="the office has closed")

    source: str


async def stop_for(tx: Tx, body: Stop) -> tuple[BaseModel, Places]:
    """An operator stops an office's webhook. Raises Problem 404."""
    if await store.disable(tx, body.source, Because.STOPPED) is None:
        raise unknown()
    rows = await tx.fetch(store.FOR_OPERATORS, None, body.source, 1)
    return OfficeWebhook(**rows[0]), [{"source": body.source}]


def answering(handler: Handler) -> Handler:
    """Mark a handler that answers offices: what it tells them is posted to those that have webhooks, too."""

    @wraps(handler)
    async def answered(tx: Tx, causes: Sequence[Cause[Any]]) -> None:
        before = len(tx.told)
        await handler(tx, causes)
        await _post_later(tx, tx.told[before:])

    return answered


async def _post_later(tx: Tx, told: Sequence[Told]) -> None:
    answers = [
        (one.id, one.event.source, one.event.submission, _accepted(one.event), one.event.model_dump_json())
        for one in told
        if isinstance(one.event, Receipt)
    ]
    if answers:
        await store.post_later(tx, answers)


async def trim(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Forget deliveries that are over their term; after a full lot at once again."""
    if await store.trim(tx, tx.now - timedelta(days=tx.settings.webhook_log_days), LOT) == LOT:
        await schedule(tx, TRIM_TIMER, [("", tx.now)])


def unknown() -> Problem:
    """The office has no webhook."""
    return Problem(404, "unknown-webhook", "This office has no webhook", "Register one.")


def _accepted(event: SubmissionAccepted | SubmissionRefused) -> bool:
    return isinstance(event, SubmissionAccepted)


def _secret(tx: Tx, cause: Cause[Any]) -> Secret:
    """A new secret, by the key of today. Its id is derived from the cause: repeating that makes the same."""
    secret_id = derived_id(cause.at, f"webhook secret\0{cause.id}".encode())
    key = tx.settings.receipt_keys.on(policies.local_day(tx, tx.now))
    return Secret(secret_id, rules.secret_hash(rules.secret(key, secret_id)))


def _kept(row: Record | dict[str, object], made: Secret | None) -> WebhookKept:
    if made is None:
        return WebhookKept.model_validate(dict(row))
    return WebhookKept.model_validate({**row, "secret_id": made.secret_id, "secret_hash": made.hashed.hex()})
