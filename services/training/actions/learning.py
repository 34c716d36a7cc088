"""Learning hours: who is PNS and who PPPK, and what a PPPK may still take."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.training.model.learning import Learning
from services.training.model.policies import LearningPolicy
from services.training.rules import learning as rules
from services.training.store import Reads
from services.training.store import learning as store
from shared.errors import Problem
from shared.events.directory import EmployeeRecorded, Employment
from shared.messaging.tx import Cause, Tx
from shared.policy import Policies


async def keep_employees(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep who is PNS and who PPPK."""
    told = [cause.body for cause in causes]
    await store.keep_employees(tx, [(one.employee_id, one.version, one.status) for one in told])


async def learning(
    reads: Reads, policies: Policies, employee_id: UUID, year: int, zone: str, *, hidden: bool = False
) -> Learning:
    """The learning hours of an employee in a local year; `hidden` also what the employee may not see yet."""
    status = await store.status(reads, employee_id)
    completed, booked = await store.hours(reads, employee_id, year, zone, hidden=hidden)
    return rules.learning(employee_id, year, status, completed, booked, numbers(policies, year))


async def everybody(
    reads: Reads,
    policies: Policies,
    year: int,
    zone: str,
    status: Employment | None,
    after: UUID | None,
    limit: int,
    *,
    short: bool,
) -> list[Learning]:
    """The learning hours of all whom the directory told; `short`: only of PNS who lack some."""
    policy = numbers(policies, year)
    status, below = (Employment.PNS, policy.pns_least) if short else (status, None)
    rows = await store.everybody(reads, year, zone, status, below, after, limit)
    return [
        rules.learning(row["employee_id"], year, Employment(row["status"]), row["completed"], row["booked"], policy)
        for row in rows
    ]


def numbers(policies: Policies, year: int) -> LearningPolicy:
    """The numbers of a year: those in force on its last day; of a year before the first ones, those."""
    first = policies.known["learning"][0].valid_from
    return policies.in_force(LearningPolicy, "learning", max(first, date(year, 12, 31)))


async def too_much(tx: Tx, employee_id: UUID, starts_at: datetime, jp: int) -> Problem | None:
    """Why an employee may not take a course of `jp` hours that begins then."""
    zone = tx.settings.zone
    known = await learning(tx, tx.policies, employee_id, starts_at.astimezone(zone).year, zone.key)
    if not rules.too_much(known, jp):
        return None
    most = numbers(tx.policies, known.year).pppk_most
    title = f"A PPPK officer may take at most {most} JP a contract year"
    taken = f"{known.completed} are completed and {known.booked} booked in {known.year}; this course has {jp}."
    return Problem(409, "too-many-learning-hours", title, taken)
