"""Notifications over HTTP: one's own inbox, a case's inbox by receipt code, and the operators' view of deliveries."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query

from services.notifications import store
from services.notifications.channels.vault import Vault, VaultAway
from services.notifications.model import DeliveryPage, InboxPage, State
from shared.errors import Problem
from shared.http import Call, Reader, authority

routes = APIRouter()

Limit = Annotated[int, Query(ge=1, le=100)]


@routes.get("/inbox", dependencies=[authority.role("employee", "superior")])
async def get_inbox(call: Call, read: Reader, before: UUID | None = None, limit: Limit = 20) -> InboxPage:
    """One's own messages, newest first; `before` is the `next` of the page before."""
    try:
        return await _page(read, UUID(call.principal), before, limit)
    except ValueError:
        return InboxPage(entries=[], next=None)


@routes.get("/inbox/case", dependencies=[authority.public()])
async def get_case_inbox(
    call: Call,
    read: Reader,
    receipt_code: Annotated[str, Header(max_length=60)],
    before: UUID | None = None,
    limit: Limit = 20,
) -> InboxPage:
    """The messages to the citizen who holds the receipt code (header `Receipt-Code`)."""
    return await _page(read, await _complaint(call, receipt_code), before, limit)


@routes.get("/deliveries", dependencies=[authority.role("operator")])
async def get_deliveries(read: Reader, state: State, after: UUID | None = None, limit: Limit = 50) -> DeliveryPage:
    """Deliveries in a state, ids only: what waits and why, what failed, whose outcome nobody knows."""
    found = await store.deliveries(read, state, after, limit)
    return DeliveryPage(deliveries=found, next=found[-1].delivery_id if len(found) == limit else None)


async def _page(read: Reader, recipient: UUID, before: UUID | None, limit: int) -> InboxPage:
    entries = await store.inbox(read, recipient, before, limit)
    return InboxPage(entries=entries, next=entries[-1].delivery_id if len(entries) == limit else None)


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
