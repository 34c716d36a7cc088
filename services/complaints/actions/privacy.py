"""Looks that need a reason: who reported, and a request number given to somebody. Each is logged and told."""

from collections.abc import Sequence

from services.complaints.actions.cases import decide
from services.complaints.actions.reporter import erased
from services.complaints.model.cases import OnCase
from services.complaints.model.privacy import Purpose, Reveal, Revealed
from services.complaints.rules import privacy as rules
from services.complaints.rules.cases import Done
from services.complaints.store import vault
from shared.messaging.tx import Cause, Tx


async def reveal(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Let officers see who reported. The vault's row is shown by the route, so that no stored answer holds it."""
    kept = await vault.reporters(tx, {cause.body.complaint_id for cause in causes})
    gone = {one.complaint_id for one in kept.values() if one.erased_at is not None}
    for cause in causes:
        if cause.body.complaint_id in gone:
            tx.refuse(cause, erased())
    there = [cause for cause in causes if cause.body.complaint_id not in gone]
    await _log(tx, Purpose.REVEAL, await decide(tx, there, rules.reveal, _entry))


async def give_request_number(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Let officers give request numbers to somebody: they lead to reporters as surely as names."""
    await _log(tx, Purpose.REQUEST_NUMBER, await decide(tx, causes, rules.give_request_number, _entry))


async def _log(tx: Tx, purpose: Purpose, done: Sequence[tuple[Cause[OnCase], Done]]) -> None:
    """Write down who looked, why, and to whom a number was given."""
    reveals = [
        Reveal(
            reveal_id=_entry(one).reveal_id,
            complaint_id=cause.body.complaint_id,
            purpose=purpose,
            principal=cause.principal,
            reason=getattr(cause.body.asked, "reason", ""),
            given_to=getattr(cause.body.asked, "employee_id", None),
        )
        for cause, one in done
    ]
    await vault.log_reveals(tx, reveals)


def _entry(done: Done) -> Revealed:
    """What the reporter is told is what the officer is answered."""
    (told,) = done.told
    return Revealed.model_validate(told.model_dump())
