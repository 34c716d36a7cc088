"""What every verb on cases does: load them all, let a pure rule decide on each, write all, tell all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.complaints.actions import clocks, policies
from services.complaints.model.cases import OnCase
from services.complaints.model.rows import Complaint, Employee, ServiceRecord
from services.complaints.rules.cases import Done, Seen
from services.complaints.store import cases as store
from services.complaints.store import complaints, people, records
from shared.errors import Problem
from shared.messaging.tx import Cause, Name, Tx, derived_id

Rule = Callable[[Seen, Any], Done]
Shown = Callable[[Done], BaseModel]


def names(body: OnCase) -> list[Name]:
    """What a verb changes: its case."""
    return [("complaint", str(body.complaint_id))]


async def decide(tx: Tx, causes: Sequence[Cause[OnCase]], rule: Rule, shown: Shown) -> list[tuple[Cause[OnCase], Done]]:
    """Do what a rule says with the cases that commands name, and answer each with what is `shown` of it.

    Gives what was done, for verbs that keep more than that.
    """
    found = await complaints.cases(tx, {cause.body.complaint_id for cause in causes})
    known = await records.records(tx, {one.record_id for one in found.values() if one.record_id})
    concerned = await people.employees(tx, {one for cause in causes for one in _people(cause, found)})
    done: list[tuple[Cause[OnCase], Done]] = []
    for cause in causes:
        complaint = found.get(cause.body.complaint_id)
        try:
            if complaint is None:
                raise unknown()
            done.append((cause, rule(_seen(tx, cause, complaint, known, concerned), cause.body.asked)))
        except Problem as problem:
            tx.refuse(cause, problem)
    await write(tx, done)
    for cause, one in done:
        tx.answer(cause, shown(one))
    return done


async def write(tx: Tx, done: Sequence[tuple[Cause[Any], Done]]) -> None:
    """Write down and tell what became of cases, and set their clocks by it."""
    await complaints.save(tx, [one.complaint for _, one in done])
    await store.insert_said(tx, [one.said for _, one in done if one.said])
    for cause, one in done:
        for told in one.told:
            tx.tell(told, cause=cause, correlation_id=str(one.complaint.complaint_id))
    await clocks.wind(tx, {one.complaint.complaint_id: cause for cause, one in done})


def unknown() -> Problem:
    """A case that is not there, or not to be read by whoever asks."""
    return Problem(404, "unknown-complaint", "There is no such complaint")


def officer(principal: str) -> UUID | None:
    """The employee whom a login names; none where it names none."""
    try:
        return UUID(principal)
    except ValueError:
        return None


def _people(cause: Cause[OnCase], found: Mapping[UUID, Complaint]) -> set[UUID]:
    """Who acts, whom the case is about, and who is named."""
    complaint = found.get(cause.body.complaint_id)
    named = [officer(cause.principal), complaint and complaint.employee_id]
    return {one for one in [*named, getattr(cause.body.asked, "employee_id", None)] if one}


def _seen(
    tx: Tx,
    cause: Cause[OnCase],
    complaint: Complaint,
    known: Mapping[UUID, ServiceRecord],
    concerned: Mapping[UUID, Employee],
) -> Seen:
    return Seen(
        complaint=complaint,
        record=known.get(complaint.record_id) if complaint.record_id else None,
        officer=officer(cause.principal),
        people=concerned,
        said_id=derived_id(cause.at, f"said\0{complaint.complaint_id}\0{cause.principal}\0{cause.id}".encode()),
        now=tx.now,
        taxonomy=policies.categories(tx, complaint.filed_on),
        policy=policies.handling(tx),
        filing=policies.filing_policy_now(tx),
    )
