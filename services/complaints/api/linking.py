"""Complaints about one incident by HTTP, for officers."""

from uuid import UUID

from starlette.responses import Response

from services.complaints.actions import cases as actions
from services.complaints.actions import linking
from services.complaints.api.cases import NOT_YOURS, OFFICER, REFUSED, UNKNOWN, asking
from services.complaints.model.cases import OnCase, Text
from services.complaints.model.linking import Links, LinkTo
from services.complaints.store.cases import ONE
from services.complaints.store.links import LINKS
from shared.http import Call, Reader, Router, refuses
from shared.messaging.requests import Command

LINK = Command("link", linking.link, locks=linking.names)
UNLINK = Command("unlink", linking.unlink, locks=actions.names)

routes = Router()


@routes.post("/cases/{complaint_id}/link", response_model=Links, dependencies=[OFFICER], responses=REFUSED)
async def link(complaint_id: UUID, asked: LinkTo, call: Call) -> Response:
    """Say that a complaint is about the same incident as another: they count once, and each gets its answer."""
    return await call.run(LINK, OnCase(complaint_id=complaint_id, asked=asked))


@routes.post("/cases/{complaint_id}/unlink", response_model=Links, dependencies=[OFFICER], responses=REFUSED)
async def unlink(complaint_id: UUID, asked: Text, call: Call) -> Response:
    """Take back that a complaint is about another's incident: they count apart again; why is internal."""
    return await call.run(UNLINK, OnCase(complaint_id=complaint_id, asked=asked))


@routes.get("/cases/{complaint_id}/links", dependencies=[OFFICER], responses=refuses({403: NOT_YOURS, **UNKNOWN}))
async def links(complaint_id: UUID, call: Call, read: Reader) -> Links:
    """What a complaint is linked to, and which are linked to it."""
    if not await read.fetch(ONE, asking(call), complaint_id):
        raise actions.unknown()
    found = await read.fetch(LINKS, [complaint_id])
    to = next((row["to_id"] for row in found if row["complaint_id"] == complaint_id), None)
    linked = [row["complaint_id"] for row in found if row["to_id"] == complaint_id]
    return Links(complaint_id=complaint_id, linked_to=to, linked=linked)
