"""The desk on which evaluations are decided: cases, who decides, the day and its numbers. Loaded at once for all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.evaluation.actions.policies import deciding, scoring, viewing
from services.evaluation.model.decisions import Case, DecisionPolicy, Settled, Terms
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.rules import deciding as rules
from services.evaluation.rules.revise import visible_from
from services.evaluation.rules.superiors import line
from services.evaluation.rules.terms import terms
from services.evaluation.store import decisions, evaluations, superiors
from services.evaluation.store.views import Reads
from shared.clock import WorkingDays
from shared.errors import Problem
from shared.events.evaluation import Outcome
from shared.messaging.tx import Cause, Tx


class About(Protocol):
    """Which officer and evaluation a request is about."""

    employee_id: UUID
    evaluation_id: UUID


@dataclass(frozen=True, slots=True)
class Desk:
    """Cases by evaluation, and of each who may decide, the nearest first."""

    now: datetime
    today: date
    calendar: WorkingDays
    policy: DecisionPolicy
    scoring: ScoringPolicy
    cases: Mapping[UUID, Case]
    lines: Mapping[UUID, tuple[UUID, ...]]
    open_tests: Mapping[UUID, Collection[str]]

    def case(self, about: About) -> Case:
        """The case of a request. Raises Problem 404 where it is not that officer's, or does not show yet."""
        found = self.cases.get(about.evaluation_id)
        if found is None or found.employee_id != about.employee_id:
            raise unknown()
        return found

    def own(self, about: About, by: str) -> Case:
        """The case of a request of the officer itself. Raises Problem 404."""
        found = self.case(about)
        if by != str(found.employee_id):
            raise unknown()
        return found

    def terms(self, case: Case) -> Terms:
        """The terms of a case's latest revision."""
        shown_on = self.calendar.local_day(case.visible_from)
        return terms(shown_on, case.category, self.policy, self.calendar)

    def settle(self, case: Case, standing: Outcome, outcome: Outcome | None, tests: Sequence[str] | None) -> Settled:
        """What counts from now on. Raises Problem 422."""
        day = self.calendar.local_day(case.as_of)
        elsewhere = set(self.open_tests.get(case.employee_id, ())) - {need.test for need in case.needs}
        return rules.settle(case, standing, outcome, tests, elsewhere=elsewhere, policy=self.scoring, day=day)


async def lay(tx: Tx, evaluations_: Collection[UUID]) -> Desk:
    """The desk with these evaluations on it."""
    calendar = WorkingDays(tx.settings.zone)
    today = calendar.local_day(tx.now)
    cases = await decisions.cases_of(tx, evaluations_)
    needs = await evaluations.open_needs_of(tx, {case.employee_id for case in cases.values()})
    return Desk(
        now=tx.now,
        today=today,
        calendar=calendar,
        policy=deciding(tx)(today),
        scoring=scoring(tx)(today),
        cases=cases,
        lines=await lines_of(tx, {one: case.employee_id for one, case in cases.items()}, today),
        open_tests=needs,
    )


async def lines_of(reads: Reads, officers: Mapping[UUID, UUID], on: date) -> dict[UUID, tuple[UUID, ...]]:
    """Of each evaluation (or assessment), given with its officer, who may decide on a local day, the nearest first.

    An assessment is of no incident that could concern anybody else.
    """
    levels = await superiors.levels_of(reads, set(officers.values()), on)
    concerned = await superiors.concerned_by(reads, officers)
    return {one: line(levels[officer], {officer, *concerned[one]}) for one, officer in officers.items()}


def received_on(tx: Tx, case: Case, desk: Desk) -> date:
    """The local day on which the officer is told of what is decided now: notices of hidden cases are collected."""
    return desk.calendar.local_day(visible_from(case.visibility, tx.now, viewing(tx)(desk.today), desk.calendar))


async def set_needs(tx: Tx, settled: Sequence[tuple[Case, Settled]]) -> None:
    """Open and close the needs that decisions add and take back."""
    closed = [(need, tx.now) for _, one in settled for need in one.withdrawn]
    if closed:
        await evaluations.close_needs(tx, closed)
    opened = [(case, need, tx.now) for case, one in settled for need in one.opened]
    if opened:
        await evaluations.open_needs(tx, opened)


def person(cause: Cause[Any]) -> UUID:
    """Who sends a request, as an employee. Raises Problem 403."""
    try:
        return UUID(cause.principal)
    except ValueError:
        raise Problem(403, "no-employee", "This is for employees", "Log in as an employee of the district.") from None


def unknown() -> Problem:
    """Not there, or somebody else's."""
    return Problem(404, "not-found", "Not found", "There is no such evaluation, or it is not yours.")
