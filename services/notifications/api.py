"""Notifications over HTTP: one's own inbox, a case's inbox by receipt code, and the operators' view of deliveries."""

from typing import Annotated
from uuid import UUID

from fastapi import Header

from services.notifications import store
from services.notifications.channels.vault import Vault, VaultAway
from services.notifications.model import DeliveryState, InboxEntry, State
from shared.errors import Problem
from shared.http import Call, Listing, Page, Paging, Reader, Router, authority, refuses

routes = Router()

INBOX = Listing[InboxEntry]("inbox", lambda one: (one.delivery_id,), UUID)
DELIVERIES = Listing[DeliveryState]("deliveries", lambda one: (one.delivery_id,), UUID)


@routes.get("/inbox", dependencies=[authority.role("employee", "superior")])
async def get_inbox(call: Call, read: Reader, asked: Paging) -> Page[InboxEntry]:
    """One's own messages, newest first."""
    try:
        recipient = UUID(call.principal)
    except ValueError:
        return Page(items=[], next=None)
    return await _page(read, recipient, asked)


@routes.get(
    "/inbox/case",
    dependencies=[authority.public()],
    responses=refuses({404: "No case has this receipt code", 503: "Receipt codes can't be checked now"}),
)
async def get_case_inbox(
    call: Call, read: Reader, receipt_code: Annotated[str, Header(max_length=60)], asked: Paging
) -> Page[InboxEntry]:
    """The messages to the citizen who holds the receipt code (header `Receipt-Code`)."""
    return await _page(read, await _complaint(call, receipt_code), asked)


@routes.get("/deliveries", dependencies=[authority.role("operator")])
async def get_deliveries(read: Reader, state: State, asked: Paging) -> Page[DeliveryState]:
    """Deliveries in a state, ids only: what waits and why, what failed, whose outcome nobody knows."""
    (after,) = DELIVERIES.place(asked)
    return DELIVERIES.page(await store.deliveries(read, state, after, asked.rows), asked)


async def _page(read: Reader, recipient: UUID, asked: Paging) -> Page[InboxEntry]:
    (after,) = INBOX.place(asked)
    return INBOX.page(await store.inbox(read, recipient, after, asked.rows), asked)


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
    state = call.request.app.state
    if not hasattr(state, "vault"):
        state.vault = Vault(state.app.settings.complaints_url, state.app.tokens.own)
    vault: Vault = state.vault
    return vault
