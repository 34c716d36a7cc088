"""What waits for whom about an evaluation, or about a period's predicate, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.evaluation.model.decisions import Case, Decidable, Terms
from services.evaluation.model.periods import PeriodCase
from services.evaluation.rules.deciding import assessor
from services.evaluation.rules.superiors import above
from shared.events.evaluation import Status


class Kind(StrEnum):
    """What is asked of a superior."""

    DECISION = "decision"
    STATEMENT = "statement"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a person. `due_on`: the last day in time; `open_from`: the first day it may be done."""

    kind: Kind
    person_id: UUID | None
    due_on: date
    open_from: date | None = None


def waiting(case: Case, line: Sequence[UUID], terms: Terms) -> list[Waiting]:
    """What waits about a case; `line`: who may decide, the nearest first. Nobody: the directory knows none."""
    if case.status is Status.PROVISIONAL:
        opens = None if case.replied else terms.reply_until + timedelta(days=1)
        return [Waiting(Kind.DECISION, line[0] if line else None, terms.decide_until, opens)]
    return _objected(case, line)


def waiting_of_period(case: PeriodCase, line: Sequence[UUID], decide_until: date) -> list[Waiting]:
    """What waits about a period's predicate."""
    if case.status is Status.PROVISIONAL:
        return [Waiting(Kind.DECISION, line[0] if line else None, decide_until)]
    return _objected(case, line)


def _objected(case: Decidable, line: Sequence[UUID]) -> list[Waiting]:
    if case.status is not Status.SUSPENDED or case.objection is None:
        return []
    by, objection = assessor(case, line), case.objection
    if objection.statement is not None:
        return [Waiting(Kind.OBJECTION, above(line, by), objection.due_on)]
    opens = objection.statement_until + timedelta(days=1)
    return [
        Waiting(Kind.STATEMENT, by, objection.statement_until),
        Waiting(Kind.OBJECTION, above(line, by), objection.due_on, opens),
    ]
