"""Rights of reporters about their own data (UU 27/2022 arts 6-8), by the receipt code; each use is logged."""

from typing import Annotated, Any

from fastapi import Header
from starlette.responses import Response

from services.complaints.actions import reporter
from services.complaints.actions.reporter import NewContact, OwnComplaint
from services.complaints.api.reports import tracked
from services.complaints.model.cases import SaidToReporter
from services.complaints.model.privacy import REPORTER, Changed, ContactKept, CorrectContact, Look, OwnData, Purpose
from services.complaints.store.cases import SAID_TO_REPORTER
from services.complaints.store.vault import LOG_ACCESS, LOOKS, OWN_DATA
from shared.http import Call, Reader, Router, authority, refuses
from shared.http.context import ReadContext
from shared.messaging.requests import Command

CORRECT = Command("correct contact", reporter.correct, locks=reporter.names)
ERASE = Command("erase reporter", reporter.erase, locks=reporter.names)
UNKNOWN = {404: "No report has this receipt code"}
Code = Annotated[str, Header(alias="Receipt-Code", max_length=60)]

routes = Router()


@routes.get("/complaints/track/data", dependencies=[authority.public()], responses=refuses(UNKNOWN))
async def own_data(read: Reader, code: Code) -> OwnData:
    """A copy of all that is kept about the reporter, and who had reason to look at it."""
    own = await _own(read, code)
    await read.execute(LOG_ACCESS, Purpose.COPY, REPORTER, [own.complaint_id])
    (row,) = await read.fetch(OWN_DATA, own.complaint_id)
    said = [SaidToReporter(**each) for each in await read.fetch(SAID_TO_REPORTER, own.complaint_id)]
    looks = [Look(**look) for look in await read.fetch(LOOKS, own.complaint_id)]
    kept: dict[str, Any] = dict(row)
    contact = ContactKept(**{name: kept.pop(name) for name in ContactKept.model_fields})
    return OwnData(**kept, contact=contact, said=said, looks=looks)


@routes.post(
    "/complaints/track/contact",
    response_model=Changed,
    dependencies=[authority.public()],
    responses=refuses({**UNKNOWN, 409: "The data were erased"}),
)
async def correct(asked: CorrectContact, call: Call, read: Reader, code: Code) -> Response:
    """Correct the contact: what is given takes the place of all that is kept."""
    own = await _own(read, code)
    return await call.run(CORRECT, NewContact(complaint_id=own.complaint_id, contact=asked.contact))


@routes.post(
    "/complaints/track/erase", response_model=Changed, dependencies=[authority.public()], responses=refuses(UNKNOWN)
)
async def erase(call: Call, read: Reader, code: Code) -> Response:
    """Erase who reported: name, NIK, phone and address. The case goes on without them, and nobody is written to."""
    return await call.run(ERASE, await _own(read, code))


async def _own(read: ReadContext, code: str) -> OwnComplaint:
    """Whose code it is. A code stands for one complaint for good, so that this needs no lock."""
    return OwnComplaint(complaint_id=(await tracked(read, code))["complaint_id"])
