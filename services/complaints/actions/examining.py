"""What a complaint's reporter can follow: that it is being examined."""

from collections.abc import Sequence

from services.complaints.model.rows import Verb
from services.complaints.rules.states import move
from services.complaints.store import complaints
from shared.events.evaluation import EvaluationOpened
from shared.messaging.tx import Cause, Tx


async def examine(tx: Tx, causes: Sequence[Cause[EvaluationOpened]]) -> None:
    """Move complaints on whose evaluation was opened. One that isn't known, or isn't assigned, raises: parked."""
    ids = {cause.body.complaint_id for cause in causes}
    states = await complaints.states(tx, ids)
    await complaints.set_states(tx, {one: move(states[one], Verb.EXAMINE) for one in sorted(ids)})
