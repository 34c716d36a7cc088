"""Notifications over HTTP: inboxes, what recipients want, and the operators' view of deliveries and templates."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response

from services.notifications.actions import prefer, reading, settling
from services.notifications.channels.letters import Letters
from services.notifications.channels.vault import Vault, VaultAway
from services.notifications.model.documents import (
    DeliveryState,
    InboxEntry,
    Preferences,
    Preferring,
    Preview,
    Reading,
    TemplateShown,
)
from services.notifications.model.policies import NoticesPolicy
from services.notifications.model.whats import What
from services.notifications.model.words import Audience, Language, Medium, State
from services.notifications.store import deliveries, inbox, preferences
from shared.clock import WorkingDays
from shared.errors import Problem
from shared.http import Call, Listing, Page, Paging, Reader, Router, authority, refuses
from shared.messaging.requests import Command
from shared.operator.acts import Act

PREFER = Command("prefer", prefer.prefer, locks=prefer.recipient)
MARK_READ = Command("mark read", reading.mark_read, locks=reading.message)
SETTLE = Command("operator settle deliveries", settling.settle, locks=settling.names)
INBOX = Listing[InboxEntry]("inbox", lambda one: (one.delivery_id,), UUID)
DELIVERIES = Listing[DeliveryState]("deliveries", lambda one: (one.delivery_id,), UUID)
TEMPLATES = Listing[TemplateShown]("templates", lambda one: (one.what, one.language), What, Language)
STAFF = authority.role("employee", "superior", "officer")
OPERATOR = authority.role("operator")
OF_A_CASE = refuses({404: "No case has this receipt code", 503: "Receipt codes can't be checked now"})
NO_MESSAGE = refuses({404: "There is no such message, or it is not yours"})
NOBODY = refuses({404: "Nobody gets messages under this token"})
T = TypeVar("T")
ReceiptCode = Annotated[str, Header(max_length=60)]
Unread = Annotated[bool | None, Query(description="only those not read yet, or only those read")]

routes = Router()


@routes.get("/inbox", dependencies=[STAFF])
async def get_inbox(
    call: Call, read: Reader, asked: Paging, what: What | None = None, unread: Unread = None
) -> Page[InboxEntry]:
    """One's own messages, newest first, with what became of each by mail, and when it was read."""
    try:
        recipient = UUID(call.principal)
    except ValueError:
        return Page(items=[], next=None)
    return await _page(read, recipient, asked, what, unread)


@routes.post("/inbox/{delivery_id}/read", response_model=InboxEntry, dependencies=[STAFF], responses=NO_MESSAGE)
async def mark_read(delivery_id: UUID, call: Call) -> Response:
    """Say that one has read a message of one's own. The first time counts."""
    return await call.run(MARK_READ, Reading(recipient=_recipient(call), delivery_id=delivery_id))


@routes.get("/inbox/case", dependencies=[authority.public()], responses=OF_A_CASE)
async def get_case_inbox(
    call: Call,
    read: Reader,
    receipt_code: ReceiptCode,
    asked: Paging,
    what: What | None = None,
    unread: Unread = None,
) -> Page[InboxEntry]:
    """The messages to the citizen who holds the receipt code (header `Receipt-Code`)."""
    return await _page(read, await _complaint(call, receipt_code), asked, what, unread)


@routes.post(
    "/inbox/case/{delivery_id}/read",
    response_model=InboxEntry,
    dependencies=[authority.public()],
    responses=OF_A_CASE,
)
async def mark_case_read(delivery_id: UUID, call: Call, receipt_code: ReceiptCode) -> Response:
    """Say, with the receipt code of a case, that one has read a message about it. The first time counts."""
    recipient = await _complaint(call, receipt_code)
    return await call.run(MARK_READ, Reading(recipient=recipient, delivery_id=delivery_id))


@routes.get("/preferences", dependencies=[STAFF], responses=NOBODY)
async def get_preferences(call: Call, read: Reader) -> Preferences:
    """Which messages one wants by mail."""
    return await preferences.preferences(read, _recipient(call))


@routes.put("/preferences", response_model=Preferences, dependencies=[STAFF], responses=NOBODY)
async def put_preferences(wanted: Preferences, call: Call) -> Response:
    """Say which messages one wants by mail. Legal notices always come."""
    return await call.run(PREFER, Preferring(recipient=_recipient(call), preferences=wanted))


@routes.get("/preferences/case", dependencies=[authority.public()], responses=OF_A_CASE)
async def get_case_preferences(call: Call, read: Reader, receipt_code: ReceiptCode) -> Preferences:
    """Which messages about a case its reporter wants by mail."""
    return await preferences.preferences(read, await _complaint(call, receipt_code))


@routes.put("/preferences/case", response_model=Preferences, dependencies=[authority.public()], responses=OF_A_CASE)
async def put_case_preferences(wanted: Preferences, call: Call, receipt_code: ReceiptCode) -> Response:
    """Say, with the receipt code of a case, which messages about it one wants by mail."""
    return await call.run(PREFER, Preferring(recipient=await _complaint(call, receipt_code), preferences=wanted))


@routes.get("/deliveries", dependencies=[OPERATOR])
async def get_deliveries(
    read: Reader, state: State, asked: Paging, channel: Medium | None = None, what: What | None = None
) -> Page[DeliveryState]:
    """Deliveries in a state, ids only: what waits and why, what failed, whose outcome nobody knows."""
    (after,) = DELIVERIES.place(asked)
    found = await deliveries.deliveries(read, state, after, asked.rows, channel=channel, what=what)
    return DELIVERIES.page(found, asked)


@routes.post(
    "/operator/deliveries/settle",
    tags=["operator"],
    response_model=settling.Settled,
    dependencies=[OPERATOR],
    responses=refuses({404: "There is no such delivery", 409: "What became of one of them is known"}),
)
async def settle(asked: settling.Settle, call: Act) -> Response:
    """Say what became of deliveries whose outcome is unknown, or have them sent again; all of them, or none."""
    return await call.run(SETTLE, asked)


@routes.get("/templates", dependencies=[OPERATOR])
async def get_templates(
    call: Call,
    read: Reader,
    asked: Paging,
    audience: Audience | None = None,
    language: Language | None = None,
    courtesy: bool | None = None,
) -> Page[TemplateShown]:
    """The templates of all letters, with their versions and what they may say."""
    today = WorkingDays(read.settings.zone).local_day(datetime.now(UTC))
    shown = _letters(call).shown(read.policies.in_force(NoticesPolicy, "notices", today))
    wanted = [
        each
        for each in shown
        if audience in (None, each.audience) and language in (None, each.language) and courtesy in (None, each.courtesy)
    ]
    return TEMPLATES.cut(wanted, asked)


@routes.get("/templates/{what}/preview", dependencies=[OPERATOR])
async def get_preview(what: What, call: Call, language: Language = Language.INDONESIAN) -> Preview:
    """A letter as its reader would get it, with made-up facts; one about an evaluation as the reader's first."""
    return _letters(call).preview(what, language)


async def _page(
    read: Reader, recipient: UUID, asked: Paging, what: What | None, unread: bool | None
) -> Page[InboxEntry]:
    (after,) = INBOX.place(asked)
    found = await inbox.inbox(read, recipient, after, asked.rows, what=what, unread=unread)
    return INBOX.page(found, asked)


def _recipient(call: Call) -> UUID:
    """Who calls, as a recipient. Raises Problem 404."""
    try:
        return UUID(call.principal)
    except ValueError:
        detail = "Only civil servants of the directory get messages."
        raise Problem(404, "no-recipient", "Nobody gets messages under this token", detail) from None


async def _complaint(call: Call, receipt_code: str) -> UUID:
    """Whose receipt it is. Raises Problem 404, or 503 while complaints can't be asked."""
    try:
        found = await _vault(call).complaint(receipt_code)
    except VaultAway:
        raise Problem(503, "complaints-away", "Receipt codes can't be checked now", retry_after=2) from None
    if found is None:
        raise Problem(404, "not-found", "Not found", "There is no case with this receipt code.")
    return found


def _vault(call: Call) -> Vault:
    """One client per process: making one costs tens of milliseconds (it reads the trusted certificates)."""
    return _kept(call, Vault, lambda app: Vault(app.settings.complaints_url, app.tokens.own))


def _letters(call: Call) -> Letters:
    """One per process: it keeps its templates compiled."""
    return _kept(call, Letters, lambda app: Letters(app.settings.district, app.settings.zone))


def _kept(call: Call, kind: type[T], make: Callable[[Any], T]) -> T:
    state = call.request.app.state
    if not hasattr(state, kind.__name__):
        setattr(state, kind.__name__, make(state.app))
    found: T = getattr(state, kind.__name__)
    return found
