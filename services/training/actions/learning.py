"""Learning hours: who is PNS and who PPPK, and what a PPPK may still take."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.training.model.learning import Employed, Learning
from services.training.model.policies import LearningPolicy
from services.training.rules import learning as rules
from services.training.store import Reads
from services.training.store import learning as store
from shared.errors import Problem
from shared.events.directory import EmployeeRecorded, Employment
from shared.messaging.tx import Cause, Tx
from shared.policy import Policies


async def keep_employees(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep who is PNS and who PPPK, and since when a contract runs."""
    await store.keep_employees(tx, [cause.body for cause in causes])


async def learning(
    reads: Reads, policies: Policies, employee_id: UUID, day: date, zone: str, *, hidden: bool = False
) -> Learning:
    """The learning hours of an employee in the year that a local day lies in; `hidden` also what is not shown yet."""
    employed = await store.employed(reads, [employee_id])
    (found,) = await _of(reads, policies, list(employed.values()), day, zone, hidden=hidden)
    return found


async def everybody(
    reads: Reads,
    policies: Policies,
    day: date,
    zone: str,
    status: Employment | None,
    after: UUID | None,
    limit: int,
    *,
    short: bool,
) -> list[Learning]:
    """The learning hours of all whom the directory told, each in the year that a local day lies in.

    `short`: only of PNS who lack some.
    """
    calendar = rules.year_of(day, Employed(UUID(int=0)))
    status, below = (Employment.PNS, numbers(policies, calendar.until).pns_least) if short else (status, None)
    employed = await store.everybody(reads, calendar, zone, status, below, after, limit)
    return await _of(reads, policies, employed, day, zone, hidden=True)


async def _of(
    reads: Reads, policies: Policies, employed: Sequence[Employed], day: date, zone: str, *, hidden: bool
) -> list[Learning]:
    years = {one.employee_id: rules.year_of(day, one) for one in employed}
    hours = await store.hours_of(reads, years, zone, hidden=hidden)
    return [
        rules.learning(one, year, hours[one.employee_id], numbers(policies, year.until))
        for one in employed
        for year in [years[one.employee_id]]
    ]


def numbers(policies: Policies, last: date) -> LearningPolicy:
    """The numbers of a year: those in force on its last day; of a year before the first ones, those."""
    first = policies.known["learning"][0].valid_from
    return policies.in_force(LearningPolicy, "learning", max(first, last))


async def too_much(tx: Tx, employee_id: UUID, starts_at: datetime, jp: int) -> Problem | None:
    """Why an employee may not take a course of `jp` hours that begins then."""
    zone = tx.settings.zone
    known = await learning(tx, tx.policies, employee_id, starts_at.astimezone(zone).date(), zone.key)
    if not rules.too_much(known, jp):
        return None
    most = numbers(tx.policies, known.until).pppk_most
    title = f"A PPPK officer may take at most {most} JP a contract year"
    taken = (
        f"{known.completed} are completed and {known.booked} booked in the year from {known.since} until "
        f"{known.until}; this course has {jp}."
    )
    return Problem(409, "too-many-learning-hours", title, taken)
