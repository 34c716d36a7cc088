"""What a complaint's reporter can follow: that it is being examined."""

from collections.abc import Sequence

from services.complaints.model.rows import Verb
from services.complaints.rules.states import move
from services.complaints.store import complaints
from shared.events.complaints import COMPLAINTS
from shared.events.evaluation import EvaluationOpened
from shared.messaging.tx import Cause, Fact, Tx


async def examine(tx: Tx, causes: Sequence[Cause[EvaluationOpened]]) -> None:
    """Move complaints on whose evaluation was opened. One that isn't assigned raises: parked.

    One that isn't known was lost with this database, which was restored: it waits, visibly, and is no bug of ours.
    """
    states = await complaints.states(tx, {cause.body.complaint_id for cause in causes})
    for cause in causes:
        if cause.body.complaint_id not in states:
            tx.lack(cause, Fact(COMPLAINTS.name, str(cause.body.complaint_id)))
    await complaints.set_states(tx, {one: move(state, Verb.EXAMINE) for one, state in sorted(states.items())})
