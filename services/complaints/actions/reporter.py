"""What reporters do about their own data, with the receipt code: correct the contact, and have everything erased."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.complaints.model.privacy import REPORTER, Changed, Purpose
from services.complaints.rules import contact, erasing
from services.complaints.store import vault
from shared.errors import Problem
from shared.events.complaints import ReporterErased
from shared.events.frontoffice import FRONTOFFICE, Contact
from shared.messaging import dead_letters
from shared.messaging.tx import Cause, Name, Tx


class OwnComplaint(BaseModel):
    """Whose data, by the complaint that the receipt code opens."""

    model_config = ConfigDict(frozen=True)

    complaint_id: UUID


class NewContact(OwnComplaint):
    """The contact as it is from now on."""

    contact: Contact


def names(body: OwnComplaint) -> list[Name]:
    """What a reporter changes: the complaint's row in the vault."""
    return [("complaint", str(body.complaint_id))]


async def correct(tx: Tx, causes: Sequence[Cause[NewContact]]) -> None:
    """Put the right contact in the place of the one that is there. The reporter's voice stays the one of the filing."""
    kept = await vault.reporters(tx, {cause.body.complaint_id for cause in causes})
    corrected = []
    for cause in causes:
        problems = contact.problems(cause.body.contact)
        if problems:
            title = "The contact could not be accepted"
            tx.refuse(cause, Problem(422, "contact-refused", title, errors=problems))
        elif kept[cause.body.complaint_id].erased_at is not None:
            tx.refuse(cause, erased())
        else:
            corrected.append((cause, contact.reporter(cause.body.complaint_id, cause.body.contact)))
    await vault.correct(tx, [reporter for _, reporter in corrected])
    await _log(tx, Purpose.CORRECTION, [cause for cause, _ in corrected])


async def erase(tx: Tx, causes: Sequence[Cause[OwnComplaint]]) -> None:
    """Empty the vault's rows, tell it, and drop the dead letters that hold what was in them. Twice is once."""
    kept = await vault.reporters(tx, {cause.body.complaint_id for cause in causes})
    leaving = [reporter for reporter in kept.values() if reporter.erased_at is None]
    await dead_letters.forget(
        tx.connection, FRONTOFFICE.name, lambda value: any(erasing.is_about(value, one) for one in leaving)
    )
    await vault.erase(tx, [reporter.complaint_id for reporter in leaving])
    for cause in causes:
        if kept[cause.body.complaint_id].erased_at is None:
            tx.tell(ReporterErased(complaint_id=cause.body.complaint_id), cause=cause, correlation_id=_flow(cause))
    await _log(tx, Purpose.ERASURE, causes)


async def _log(tx: Tx, purpose: Purpose, causes: Sequence[Cause[Any]]) -> None:
    """Write down who did what, and answer with that and nothing more."""
    await vault.log_looks(tx, purpose, REPORTER, [cause.body.complaint_id for cause in causes])
    for cause in causes:
        tx.answer(cause, Changed(complaint_id=cause.body.complaint_id, at=tx.now))


def _flow(cause: Cause[OwnComplaint]) -> str:
    return str(cause.body.complaint_id)


def erased() -> Problem:
    """Nothing is left that could be corrected or shown."""
    detail = "What said who the reporter is was erased. The case itself goes on under its receipt code."
    return Problem(409, "reporter-erased", "These data were erased", detail)
