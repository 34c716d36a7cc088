"""What a trainer's results mean for those who had a seat."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.training.model.commands import Result, Results
from services.training.model.enrolments import Because, Kept, State, Verb
from services.training.rules.needs import queued
from services.training.rules.states import after
from shared.errors import FieldError


def wrong_with(asked: Results, seated: Collection[UUID], starts_on: date, today: date) -> list[FieldError]:
    """Each field that is wrong; `seated` are those who have a seat and no result yet."""
    named = Counter(result.employee_id for result in asked.results)
    errors = [
        FieldError(f"results.{number}.employee_id", problem)
        for number, result in enumerate(asked.results)
        if (problem := _wrong(result.employee_id, seated, named))
    ]
    if asked.ended_on and not starts_on <= asked.ended_on <= today:
        errors.append(FieldError("ended_on", f"is not between {starts_on}, when the session began, and today"))
    return errors


def _wrong(employee_id: UUID, seated: Collection[UUID], named: Counter[UUID]) -> str:
    if named[employee_id] > 1:
        return "comes more than once"
    return "" if employee_id in seated else "has no seat in this session, or has a result already"


def missed_because(result: Result) -> Because | None:
    """Why the training was missed; None where it was completed."""
    if not result.attended:
        return Because.ABSENT
    return None if result.passed else Because.NOT_PASSED


def completed(one: Kept, held: Kept, result: Result, ended_on: date, jp: int) -> Kept:
    """An enrolment (covered ones, too) that the seat of `held` has met."""
    return replace(
        one,
        state=after(one.state, Verb.COMPLETE),
        course=held.course,
        session_id=held.session_id,
        starts_at=held.starts_at,
        completed_on=ended_on,
        jp=jp,
        score=result.score,
    )


def missed(one: Kept, held: Kept, because: Because) -> Kept:
    """An enrolment (covered ones, too) whose seat in `held` was missed, at its end."""
    return replace(
        one,
        state=after(one.state, Verb.MISS),
        course=held.course,
        session_id=held.session_id,
        starts_at=held.starts_at,
        misses=one.misses + 1,
        reason=because.value,
    )


def tries_again(held: Kept, seats_after_missing: int) -> bool:
    """Whether a missed seat gives another: of a need, as often as the policy says."""
    return held.need is not None and held.misses < seats_after_missing


def again(held: Kept, now: datetime) -> Kept:
    """The same need at the end of the line."""
    return replace(queued(held), since=now, misses=held.misses + 1)


def of_seat(held: Sequence[Kept]) -> dict[UUID, list[Kept]]:
    """Enrolments by who holds the seat: two needs of one employee share one."""
    by: dict[UUID, list[Kept]] = {}
    for one in held:
        if one.state is State.ENROLLED:
            by.setdefault(one.employee_id, []).append(one)
    return by
