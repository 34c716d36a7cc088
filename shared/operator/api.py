"""The operator's routes of every service, under `/operator`."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.http import Listing, Page, Paging, Reader
from shared.messaging.audit import ACTIONS
from shared.operator import dead_letters, mending, parked, reading, streams, timers
from shared.operator.acts import answered, router
from shared.operator.documents import KEY


class Action(BaseModel):
    """What an operator did."""

    model_config = answered(
        id=7, at="2026-03-02T08:00:00Z", who="operator", what="discard", place=KEY, reason="told twice by mistake"
    )

    id: int
    at: datetime
    who: str
    what: str
    place: dict[str, Any]
    reason: str


LIST = Listing[Action]("actions", lambda one: (one.id,), int)

routes = router()


@routes.get("/actions")
async def actions(read: Reader, asked: Paging) -> Page[Action]:
    """What operators did, newest first."""
    rows = await read.fetch(ACTIONS, *LIST.place(asked), asked.rows)
    return LIST.page([Action(**{**row, "place": json.loads(row["place"])}) for row in rows], asked)


ROUTERS = (parked.routes, timers.routes, dead_letters.routes, streams.routes, reading.routes, mending.routes, routes)
