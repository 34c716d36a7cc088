"""What officers do with cases."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.complaints.actions.cases import decide, write
from services.complaints.model.cases import CaseStands, OnCase
from services.complaints.model.rows import Verb
from services.complaints.rules import handling as rules
from services.complaints.rules.cases import Done, closed
from services.complaints.rules.states import possible
from services.complaints.store import complaints
from shared.messaging.tx import Cause, Tx


async def verify(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Verify reports, or correct what they are."""
    await decide(tx, causes, rules.verify, _stands)


async def assign(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Name whom complaints are about."""
    await decide(tx, causes, rules.assign, _stands)


async def handle(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Take cases, or give them to somebody."""
    await decide(tx, causes, rules.handle, _stands)


async def ask(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Ask reporters for what is missing."""
    await decide(tx, causes, rules.ask, _stands)


async def comment(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Say something on cases."""
    await decide(tx, causes, rules.comment, _stands)


async def answer(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Answer reporters, with what was found."""
    await decide(tx, causes, rules.answer, _stands)


async def revise(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Put other findings in the place of those before."""
    await decide(tx, causes, rules.revise, _stands)


async def close(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """End answered cases."""
    await decide(tx, causes, rules.close, _stands)


async def reject(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Archive cases that are invalid."""
    await decide(tx, causes, rules.reject, _stands)


async def pass_on(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Give cases to the authorities that are competent."""
    await decide(tx, causes, rules.pass_on, _stands)


async def refer(tx: Tx, causes: Sequence[Cause[OnCase]]) -> None:
    """Give cases to the inspectorate."""
    await decide(tx, causes, rules.refer, _stands)


async def close_silent(tx: Tx, silent: Mapping[UUID, Cause[Any]]) -> None:
    """End answered cases whose reporters have said nothing for the term. One that moved on meanwhile stays."""
    found = await complaints.cases(tx, silent)
    answered = [one for one in found.values() if Verb.CLOSE in possible(one.state)]
    await write(tx, [(silent[one.complaint_id], closed(one, tx.now, "silence")) for one in answered])


def _stands(done: Done) -> CaseStands:
    return CaseStands(**{name: getattr(done.complaint, name) for name in CaseStands.model_fields})
