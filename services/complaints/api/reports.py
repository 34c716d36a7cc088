"""Reports by HTTP, and who may read them. A receipt code travels in a header or a body, never in an address."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from asyncpg import Record
from fastapi import Header
from starlette.responses import JSONResponse, Response

from services.complaints.actions import filing
from services.complaints.model.cases import SaidToReporter
from services.complaints.model.clocks import ShownClock
from services.complaints.model.documents import (
    ContactDetails,
    Contacts,
    Filing,
    LookUp,
    OwnComplaint,
    Receipt,
    ReceiptCode,
    Report,
    ServiceOffered,
    StaffComplaint,
    StaffComplaintInFull,
    Track,
)
from services.complaints.model.policies import CategoriesPolicy, Category
from services.complaints.model.rows import State
from services.complaints.rules.receipt import code_of, receipt_hash
from services.complaints.rules.states import PUBLIC
from services.complaints.store.cases import SAID_TO_REPORTER
from services.complaints.store.catalogue import OFFERED
from services.complaints.store.clocks import RUNNING
from services.complaints.store.complaints import COMPLAINT_FOR_STAFF, PAGE_FOR_STAFF, TRACKED
from services.complaints.store.vault import CONTACTS
from shared.errors import Problem
from shared.http import Call, Listing, Page, Paging, Reader, Router, authority, only_reads, refuses
from shared.keys import DatedKeys
from shared.messaging.requests import Command

FILE = Command("file_complaint", filing.file, locks=filing.counted_names)
FIRST_MESSAGE = "received"  # the purpose for which an office's reporter gets the receipt code

COMPLAINTS = Listing[StaffComplaint]("complaints", lambda one: (one.filed_at, one.complaint_id), datetime, UUID)
SERVICES = Listing[ServiceOffered]("services", lambda one: (one.service,), str)
CATEGORIES = Listing[Category]("categories", lambda one: (one.code,), str)
UNKNOWN_CODE = refuses({404: "No report has this receipt code"})

routes = Router()


@routes.post(
    "/complaints",
    status_code=201,
    response_model=Receipt,
    dependencies=[authority.public()],
    responses=refuses(
        {410: "Filed before, with a receipt code of a key that was withdrawn", 429: "Too many reports from one place"}
    ),
)
async def file(submission: Report, call: Call) -> Response:
    """File a complaint. The receipt code is in this answer and nowhere else: only its hash is kept."""
    status, filed, _ = await call.answer(FILE, Filing(submission=submission, address=call.address))
    return JSONResponse(with_code(call.settings.receipt_keys, filed), status)


@routes.get("/complaints/track", dependencies=[authority.public()], responses=UNKNOWN_CODE)
async def track(read: Reader, code: Annotated[str, Header(alias="Receipt-Code", max_length=60)]) -> Track:
    """Where a complaint stands, for the holder of its receipt code."""
    row = await tracked(read, code)
    said = [SaidToReporter(**each) for each in await read.fetch(SAID_TO_REPORTER, row["complaint_id"])]
    clocks = [ShownClock(**each) for each in await read.fetch(RUNNING, row["complaint_id"])]
    return Track(**{**row, "status": PUBLIC[State(row["state"])], "clocks": clocks, "said": said})


@routes.get("/categories", dependencies=[authority.public()])
async def categories(read: Reader, asked: Paging) -> Page[Category]:
    """The categories of complaints in force."""
    return CATEGORIES.cut(read.policies.in_force(CategoriesPolicy, "categories", _today(read)).categories, asked)


@routes.get("/services", dependencies=[authority.public()])
async def services(read: Reader, asked: Paging) -> Page[ServiceOffered]:
    """The services on offer by their codes, with the processing standard in force."""
    rows = await read.fetch(OFFERED, _today(read), *SERVICES.place(asked), asked.rows)
    return SERVICES.page([ServiceOffered(**row) for row in rows], asked)


@routes.get("/complaints", dependencies=[authority.role("operator")])
async def complaints(read: Reader, asked: Paging, state: State | None = None) -> Page[StaffComplaint]:
    """Complaints, newest first, without their reporters and texts."""
    rows = await read.fetch(PAGE_FOR_STAFF, *COMPLAINTS.place(asked), state, asked.rows)
    return COMPLAINTS.page([StaffComplaint(**row) for row in rows], asked)


@routes.get(
    "/complaints/{complaint_id}",
    dependencies=[authority.role("operator")],
    responses=refuses({404: "There is no such complaint"}),
)
async def complaint(complaint_id: UUID, read: Reader) -> StaffComplaintInFull:
    """One complaint with its text, without its reporter."""
    rows = await read.fetch(COMPLAINT_FOR_STAFF, complaint_id)
    if not rows:
        raise Problem(404, "unknown-complaint", "There is no such complaint")
    return StaffComplaintInFull(**rows[0])


@routes.post(
    "/internal/contacts",
    dependencies=[authority.service("notifications")],
    openapi_extra=only_reads("a look into the vault: ids stay out of addresses; logged, changes no case"),
)
async def contacts(asked: LookUp, call: Call, read: Reader) -> Contacts:
    """Reporters' contacts for a stated purpose. The look is in the log before anything is shown."""
    found = []
    for row in await read.fetch(CONTACTS, asked.purpose, call.principal, list(asked.complaint_ids)):
        details = ContactDetails(**row)
        if asked.purpose == FIRST_MESSAGE and row["by_event"]:
            details.receipt_code = code_of(call.settings.receipt_keys, details.complaint_id, row["receipt_hash"])
        found.append(details)
    return Contacts(contacts=found)


@routes.post(
    "/internal/receipts",
    dependencies=[authority.service("notifications")],
    responses=UNKNOWN_CODE,
    openapi_extra=only_reads("a receipt code stays out of addresses"),
)
async def receipts(asked: ReceiptCode, read: Reader) -> OwnComplaint:
    """The complaint that a receipt code opens."""
    row = await tracked(read, asked.receipt_code)
    return OwnComplaint(complaint_id=row["complaint_id"])


async def tracked(read: Reader, code: str) -> Record:
    """The complaint that a receipt code opens. Raises Problem 404."""
    rows = await read.fetch(TRACKED, receipt_hash(code))
    if not rows:
        raise _unknown_code()
    return rows[0]


def with_code(keys: DatedKeys, filed: Mapping[str, Any]) -> dict[str, Any]:
    """A stored answer to a filing, with the receipt code in the place of its hash. Raises Problem 410."""
    shown = dict(filed)
    code = code_of(keys, UUID(shown["complaint_id"]), bytes.fromhex(shown.pop("receipt_hash")))
    if code is None:
        raise _lost_code()
    return {**shown, "receipt_code": code}


def _today(read: Reader) -> date:
    day: date = datetime.now(UTC).astimezone(read.settings.zone).date()
    return day


def _unknown_code() -> Problem:
    return Problem(404, "unknown-receipt-code", "No report has this receipt code", "Check the letters and digits.")


def _lost_code() -> Problem:
    return Problem(
        410,
        "receipt-code-gone",
        "This report was filed before; its receipt code can't be shown again",
        "The key of its receipt code was withdrawn. Do not file it again: ask at the office.",
    )
