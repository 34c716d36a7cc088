"""Who may read about an officer: the officer, the direct superior, and who decides in that superior's place."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from asyncpg import Record

from services.evaluation.actions.cases import lines_of
from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.model.result import Result
from services.evaluation.rules.explain import Explanation, explain
from services.evaluation.rules.superiors import line
from services.evaluation.store import superiors, views
from shared.errors import Problem
from shared.events.evaluation import Status
from shared.http import CallContext, ReadContext


def readers(call: CallContext) -> tuple[UUID | None, UUID | None]:
    """The caller as an employee and as a superior: whichever roles the token gives."""
    try:
        subject = UUID(call.principal)
    except ValueError:
        return None, None
    return subject if "employee" in call.roles else None, subject if "superior" in call.roles else None


def today(read: ReadContext) -> date:
    """The local day."""
    day: date = datetime.now(UTC).astimezone(read.settings.zone).date()
    return day


async def refuse_other(read: ReadContext, call: CallContext, employee_id: UUID) -> None:
    """Raises Problem 404 unless the caller may read about an officer."""
    employee, superior = readers(call)
    if employee == employee_id or await views.leads(read, employee_id, superior):
        return
    levels = await superiors.levels_of(read, [employee_id], today(read))
    if superior is None or superior not in line(levels[employee_id], {employee_id})[:1]:
        raise not_found()


async def decides(read: ReadContext, superior: UUID, evaluation: UUID, employee: UUID, status: Status) -> bool:
    """Whether a superior decides about an evaluation (or assessment), or about the objection to it."""
    officers: Mapping[UUID, UUID] = {evaluation: employee}
    lines = await lines_of(read, officers, today(read))
    levels = 2 if status in (Status.SUSPENDED, Status.FINAL) else 1
    return superior in lines[evaluation][:levels]


def explained(read: ReadContext, row: Record, on: date, language: str) -> Explanation:
    """A stored result, line by line, as it is read on a local day, and what would raise it."""
    evidence, result = Evidence.parse(row["evidence"]), Result.parse(row["result"])
    view = read.policies.in_force(ViewPolicy, "view", on=on)
    policy = read.policies.version(ScoringPolicy, "scoring", result.policy_version)
    return explain(evidence, result, language=language, fewest=view.fewest_cases, policy=policy)


def not_found() -> Problem:
    """Not there, or somebody else's."""
    return Problem(404, "not-found", "Not found", "There is no such evaluation, or it is not yours to read.")
