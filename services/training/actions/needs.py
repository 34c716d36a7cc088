"""What evaluations say: a need is followed, withdrawn, suspended by an objection, and followed again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.training.actions import seating
from services.training.model.enrolments import OPEN, Because, Kept, Need, State, Verb
from services.training.model.policies import DisplayPolicy, EnrolmentPolicy
from services.training.rules import needs as rules
from services.training.store import enrolments
from shared.clock import WorkingDays
from shared.events.complaints import Visibility
from shared.events.evaluation import (
    EvaluationCompleted,
    EvaluationConfirmed,
    EvaluationWithdrawn,
    ObjectionDecided,
    ObjectionFiled,
    Status,
)
from shared.events.evaluation import Need as Told
from shared.messaging.tx import Cause, Tx, derived_id

Judging = EvaluationCompleted | EvaluationConfirmed | ObjectionDecided


def concerns_needs(event: Judging) -> bool:
    """Whether a result changes any enrolment: a computed one only with needs; a person's decision ends a wait, too."""
    return not isinstance(event, EvaluationCompleted) or bool(event.needs or event.withdrawn)


async def follow(tx: Tx, causes: Sequence[Cause[Judging]]) -> None:
    """End what lost its cause, and give each other need of the evaluation a seat or its place in line."""
    for cause in causes:
        event = cause.body
        if not concerns_needs(event):
            continue
        kept = await enrolments.of_needs(tx, event.evaluation_id, _named(event))
        lost = [one for one in kept if one.need and one.need.need_id in event.withdrawn]
        left = [one for one in kept if one not in lost and one.evaluation_id == event.evaluation_id]
        entering = await _let_go(tx, cause, lost, Verb.CANCEL, Because.WITHDRAWN)
        entering += rules.confirmed(left, _decided(event))
        new = _new(tx, cause, {one.need.need_id for one in kept if one.need})
        await enrolments.save(tx, [one for one in new if one.state is not State.WAITLISTED])
        entering += [one for one in new if one.state is State.WAITLISTED]
        await seating.seat(tx, cause, entering, freed=_freed(lost))


async def withdraw(tx: Tx, causes: Sequence[Cause[EvaluationWithdrawn]]) -> None:
    """End the enrolments for needs that were taken back."""
    for cause in causes:
        kept = await enrolments.of_needs(tx, cause.body.evaluation_id, cause.body.withdrawn)
        lost = [one for one in kept if one.need and one.need.need_id in cause.body.withdrawn]
        heirs = await _let_go(tx, cause, lost, Verb.CANCEL, Because.WITHDRAWN)
        await seating.seat(tx, cause, heirs, freed=_freed(lost))


async def suspend(tx: Tx, causes: Sequence[Cause[ObjectionFiled]]) -> None:
    """Suspend what the objection is about: seats are given back, places in line are kept for the decision."""
    for cause in causes:
        kept = await enrolments.of_needs(tx, cause.body.evaluation_id, [])
        heirs = await _let_go(tx, cause, kept, Verb.SUSPEND, Because.OBJECTION)
        await seating.seat(tx, cause, heirs, freed=_freed(kept))


async def _let_go(tx: Tx, cause: Cause[Any], lost: Sequence[Kept], verb: Verb, because: Because) -> list[Kept]:
    """Release them; what they covered for other evaluations stands in line in their place. Gives that."""
    await seating.release(tx, cause, lost, verb, because)
    weaknesses = {one.need.weakness for one in lost if one.need and one.state in OPEN}
    gone = {one.enrolment_id for one in lost}
    covered = [one for one in await enrolments.covered(tx, weaknesses) if one.enrolment_id not in gone]
    return rules.heirs(lost, covered)


def _freed(lost: Sequence[Kept]) -> bool:
    return any(one.state is State.ENROLLED for one in lost)


def _named(event: Judging) -> list[UUID]:
    return [*(need.need_id for need in event.needs), *event.withdrawn]


def _decided(event: Judging) -> Collection[State]:
    """What an event says of waiting is over: a person confirmed the result, or decided the objection."""
    if isinstance(event, ObjectionDecided):
        return (State.PROPOSED, State.SUSPENDED)
    if isinstance(event, EvaluationConfirmed):
        return (State.PROPOSED,)
    return ()


def _new(tx: Tx, cause: Cause[Judging], known: Collection[UUID]) -> list[Kept]:
    """The needs that are not known here, as they begin."""
    policy = tx.policies.in_force(EnrolmentPolicy, "enrolment", WorkingDays(tx.settings.zone).local_day(tx.now))
    status = cause.body.status if isinstance(cause.body, EvaluationCompleted) else Status.CONFIRMED
    state = rules.begins(status, waits_for_confirmation=policy.waits_for_confirmation)
    return [_begun(tx, cause, need, state) for need in cause.body.needs if need.need_id not in known]


def _begun(tx: Tx, cause: Cause[Judging], need: Told, state: State) -> Kept:
    employee_id, visibility = cause.body.employee_id, cause.body.visibility
    shown_from = _shown_from(tx, visibility, tx.now)
    return Kept(
        enrolment_id=derived_id(_shown_from(tx, visibility, cause.at), b"enrolment" + need.need_id.bytes),
        employee_id=employee_id,
        need=Need(need.need_id, employee_id, need.test, need.part),
        evaluation_id=cause.body.evaluation_id,
        visibility=visibility,
        state=state,
        since=cause.at,
        enrolled_at=shown_from,
        visible_from=shown_from,
        reason={State.PROPOSED: Because.UNCONFIRMED, State.SUSPENDED: Because.OBJECTION}.get(state),
    )


def _shown_from(tx: Tx, visibility: Visibility, at: datetime) -> datetime:
    """From when it shows. Of a hidden reporter's case neither its id nor its time says more: both are read."""
    if visibility is Visibility.OPEN:
        return at
    calendar = WorkingDays(tx.settings.zone)
    policy = tx.policies.in_force(DisplayPolicy, "display", calendar.local_day(tx.now))
    return calendar.next_opening(at, policy.opening)
