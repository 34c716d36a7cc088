"""What shows an officer who reported: each look has a reason, and is in the log before anything is shown."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.complaints.actions import privacy
from services.complaints.actions.cases import names
from services.complaints.actions.reporter import erased
from services.complaints.api.cases import NOT_YOURS, OFFICER, UNKNOWN, asking
from services.complaints.model.cases import OnCase
from services.complaints.model.privacy import (
    ContactKept,
    Found,
    GiveRequestNumber,
    IdentityShown,
    RequestNumberShown,
    RevealIdentity,
    Search,
    SearchResult,
)
from services.complaints.model.rows import State
from services.complaints.rules import privacy as rules
from services.complaints.rules.contact import e164, normal_email
from services.complaints.rules.states import PUBLIC
from services.complaints.store.vault import OWN_DATA, SEARCH
from shared.errors import Problem
from shared.http import Call, CallContext, Reader, Router, only_reads, refuses
from shared.http.context import ReadContext
from shared.messaging.requests import Command

REVEAL = Command("reveal identity", privacy.reveal, locks=names)
GIVE = Command("give request number", privacy.give_request_number, locks=names)

routes = Router()


@routes.post(
    "/cases/{complaint_id}/reveal",
    dependencies=[OFFICER],
    responses=refuses({403: NOT_YOURS, **UNKNOWN, 409: "The reporter's data were erased"}),
)
async def reveal(complaint_id: UUID, asked: RevealIdentity, call: Call, read: Reader) -> IdentityShown:
    """See who reported, for a reason. It is logged, and the reporter is told that it happened, and reads why."""
    entry, kept = await _look(call, read, REVEAL, complaint_id, asked)
    if kept["erased_at"] is not None:
        raise erased()
    return IdentityShown(**entry, contact=ContactKept(**{name: kept[name] for name in ContactKept.model_fields}))


@routes.post(
    "/cases/{complaint_id}/give-request-number",
    dependencies=[OFFICER],
    responses=refuses({403: NOT_YOURS, **UNKNOWN, 409: "The complaint names no request number"}),
)
async def give_request_number(
    complaint_id: UUID, asked: GiveRequestNumber, call: Call, read: Reader
) -> RequestNumberShown:
    """Give the request number to somebody, the officer concerned too, for a reason: logged and told like a look."""
    entry, kept = await _look(call, read, GIVE, complaint_id, asked)
    return RequestNumberShown(**entry, request_number=kept["request_number"])


@routes.post(
    "/reporters/search",
    dependencies=[OFFICER],
    responses=refuses({403: "Your login is no employee of the directory"}),
    openapi_extra=only_reads("a search: contacts stay out of addresses; it is logged, and changes no case"),
)
async def search(asked: Search, call: Call, read: Reader) -> SearchResult:
    """The complaints of whoever has a NIK, a phone number or an address; none about you, or those whom you lead."""
    wanted, problems = rules.sought(asked)
    if problems:
        raise Problem(422, "invalid-request", "The request is not valid", errors=problems)
    phone, email = wanted.phone and e164(wanted.phone), wanted.email and normal_email(wanted.email)
    rows = await read.fetch(SEARCH, asking(call), wanted.nik, phone, email, call.principal, asked.reason)
    return SearchResult(
        found=[Found(complaint_id=row["complaint_id"], status=PUBLIC[State(row["state"])]) for row in rows]
    )


async def _look(
    call: CallContext, read: ReadContext, command: Command, complaint_id: UUID, asked: BaseModel
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry of the log, and only then what the vault has."""
    _, entry, _ = await call.answer(command, OnCase(complaint_id=complaint_id, asked=asked))
    (kept,) = await read.fetch(OWN_DATA, complaint_id)
    return entry, dict(kept)
