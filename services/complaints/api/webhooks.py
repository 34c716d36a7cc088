"""Webhooks: an office says under its token where its answers go, reads what became of each, asks for one again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.responses import JSONResponse, Response

from services.complaints.actions import webhooks
from services.complaints.actions.webhooks import OfOffice, Redelivering, Registering
from services.complaints.api.tokens import OFFICE
from services.complaints.channels.webhook import unfit
from services.complaints.model.webhooks import Delivery, OfficeWebhook, Register, Secret, Webhook, WebhookSecret
from services.complaints.rules.webhook import secret_of
from services.complaints.store.webhooks import DELIVERIES, FOR_OPERATORS, WEBHOOK
from shared.errors import FieldError, Problem
from shared.http import Call, Listing, Page, Paging, Reader, Router, authority, refuses
from shared.messaging.requests import Command
from shared.operator.acts import Act

REGISTER = Command("register webhook", webhooks.register, locks=webhooks.names)
ROTATE = Command("rotate webhook secret", webhooks.rotate, locks=webhooks.names)
STOP = Command("stop webhook", webhooks.stop, locks=webhooks.names)
REDELIVER = Command("redeliver", webhooks.redeliver, locks=webhooks.names)
LOG = Listing[Delivery]("webhook deliveries", lambda one: (one.told_at, one.event_id), datetime, UUID)
LIST = Listing[OfficeWebhook]("webhooks", lambda one: (one.source,), str)
NONE = refuses({404: "This office has no webhook"})
OPERATOR = authority.role("operator")

routes = Router()


@routes.post("/webhook", response_model=WebhookSecret, dependencies=[OFFICE])
async def register(asked: Register, call: Call) -> Response:
    """Say where answers go from now on; what is disabled begins again. The first time the answer shows the secret."""
    wrong = await unfit(asked.url, private=call.settings.webhook_private)
    if wrong:
        raise Problem(422, "invalid-request", "The request is not valid", errors=[FieldError("url", wrong)])
    return await _with_secret(call, REGISTER, Registering(source=call.principal, url=asked.url))


@routes.get("/webhook", dependencies=[OFFICE], responses=NONE)
async def webhook(call: Call, read: Reader) -> Webhook:
    """Where answers go, and how that stands."""
    rows = await read.fetch(WEBHOOK, call.principal)
    if not rows:
        raise webhooks.unknown()
    return Webhook(**rows[0])


@routes.post("/webhook/rotate", response_model=WebhookSecret, dependencies=[OFFICE], responses=NONE)
async def rotate(call: Call) -> Response:
    """Get a new secret. Each answer is signed with both for 7 days, so that the former is good until it is changed."""
    return await _with_secret(call, ROTATE, OfOffice(source=call.principal))


@routes.post("/webhook/stop", response_model=Webhook, dependencies=[OFFICE], responses=NONE)
async def stop(call: Call) -> Response:
    """Have nothing more posted; to register again goes on with what waits."""
    return await call.run(STOP, OfOffice(source=call.principal))


@routes.get("/webhook/deliveries", dependencies=[OFFICE])
async def deliveries(call: Call, read: Reader, asked: Paging) -> Page[Delivery]:
    """What became of this office's answers, the newest first."""
    rows = await read.fetch(DELIVERIES, call.principal, *LOG.place(asked), asked.rows)
    return LOG.page([Delivery(**row) for row in rows], asked)


@routes.post(
    "/webhook/deliveries/{event_id}/redeliver",
    response_model=Delivery,
    dependencies=[OFFICE],
    responses=refuses({404: "This office has no such delivery", 409: "The webhook is disabled"}),
)
async def redeliver(event_id: UUID, call: Call) -> Response:
    """Have an answer posted again, whatever became of it."""
    return await call.run(REDELIVER, Redelivering(source=call.principal, event_id=event_id))


@routes.get("/operator/webhooks", tags=["operator"], dependencies=[OPERATOR])
async def listed(read: Reader, asked: Paging) -> Page[OfficeWebhook]:
    """Webhooks of offices and how they stand; of their addresses only the hosts."""
    rows = await read.fetch(FOR_OPERATORS, *LIST.place(asked), None, asked.rows)
    return LIST.page([OfficeWebhook(**row) for row in rows], asked)


@routes.post(
    "/operator/webhooks/stop", tags=["operator"], response_model=OfficeWebhook, dependencies=[OPERATOR], responses=NONE
)
async def stop_for(asked: webhooks.Stop, call: Act) -> Response:
    """Have nothing more posted to an office, until it registers again."""
    return await call.act("stop webhook", asked, webhooks.stop_for)


async def _with_secret(call: Call, command: Command, body: OfOffice) -> Response:
    """A command's answer with the secret that it made. The stored answer holds what makes it again."""
    status, kept, _ = await call.answer(command, body)
    secret = _secret(call, kept.pop("secret_id"), kept.pop("secret_hash"))
    return JSONResponse({**kept, "secret": secret}, status)


def _secret(call: Call, secret_id: Any, secret_hash: Any) -> str | None:
    if secret_id is None:
        return None
    return secret_of(call.settings.receipt_keys, Secret(UUID(secret_id), bytes.fromhex(secret_hash)))
