"""Acting officers (Plt., Plh.): an operator says who acts for a superior, from when until when."""

from datetime import date
from uuid import UUID, uuid4

from pydantic import BaseModel

from services.evaluation.model.documents import EMPLOYEE, SUPERIOR, StandInShown
from services.evaluation.store import superiors
from shared.errors import FieldError, Problem
from shared.messaging.tx import Tx
from shared.operator.acts import Because, Places, asked


class StandIn(Because):
    """For whom, who (nobody: the next level up decides), from which local day until which, and why."""

    model_config = asked(
        holder_id=SUPERIOR, acting_id=EMPLOYEE, since="2026-07-20", until="2026-07-31", reason="Plh. during leave"
    )

    holder_id: UUID
    acting_id: UUID | None = None
    since: date
    until: date


class End(Because):
    """Which, and its last day."""

    model_config = asked(
        stand_in_id="019a7c3e-6a20-8b11-8c07-91d2c3e4f507", until="2026-07-25", reason="back from leave earlier"
    )

    stand_in_id: UUID
    until: date


async def set_stand_in(tx: Tx, body: StandIn) -> tuple[BaseModel, Places]:
    """Keep who acts. Raises Problem 422."""
    named = {body.holder_id, body.acting_id} - {None}
    unknown = named - await superiors.known(tx, [one for one in named if one])
    errors = [FieldError("until", "is before `since`")] if body.until < body.since else []
    errors += [
        FieldError(field, "is no employee whom the directory has told of")
        for field, one in (("holder_id", body.holder_id), ("acting_id", body.acting_id))
        if one in unknown
    ]
    if body.acting_id == body.holder_id:
        errors.append(FieldError("acting_id", "is the holder: nobody stands in for oneself"))
    if errors:
        raise Problem(422, "invalid-request", "The request is not valid", errors=errors)
    stand_in = uuid4()
    await superiors.set_stand_in(tx, stand_in, body.holder_id, body.acting_id, body.since, body.until)
    shown = StandInShown(stand_in_id=stand_in, **body.model_dump(exclude={"reason"}))
    return shown, [shown.model_dump(mode="json")]


async def end_stand_in(tx: Tx, body: End) -> tuple[BaseModel, Places]:
    """Let one end earlier. Raises Problem 404."""
    row = await superiors.end_stand_in(tx, body.stand_in_id, body.until)
    if row is None:
        raise Problem(404, "unknown-stand-in", "There is no such stand-in that lasts longer")
    shown = StandInShown(**row)
    return shown, [shown.model_dump(mode="json")]
