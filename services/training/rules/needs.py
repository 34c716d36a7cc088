"""What becomes of the enrolments of an evaluation: whatever lost its cause ends, and nothing else."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from services.training.model.enrolments import OPEN, Because, Kept, State, Verb
from services.training.rules.states import after, may
from shared.events.evaluation import Status


def begins(status: Status, *, waits_for_confirmation: bool) -> State:
    """How a need of a result in this status begins: in line, unless somebody has to decide first."""
    if status is Status.SUSPENDED:
        return State.SUSPENDED
    if status is Status.PROVISIONAL and waits_for_confirmation:
        return State.PROPOSED
    return State.WAITLISTED


def released(kept: Iterable[Kept], verb: Verb, because: Because) -> list[Kept]:
    """Those that can be suspended or cancelled, as they are then: without seat."""
    return [
        replace(one, state=after(one.state, verb), session_id=None, starts_at=None, reason=because.value)
        for one in kept
        if may(one.state, verb)
    ]


def queued(one: Kept) -> Kept:
    """The same, in line at its place."""
    return replace(one, state=after(one.state, Verb.QUEUE), session_id=None, starts_at=None, reason=None)


def heirs(left: Iterable[Kept], covered: Iterable[Kept]) -> list[Kept]:
    """Of each weakness that lost its open enrolment the first that this covered: it stands in line at that place."""
    places = {one.need.weakness: one.since for one in left if one.need and one.state in OPEN}
    found: dict[tuple[UUID, str], Kept] = {}
    for one in covered:
        if one.need and one.need.weakness in places and one.need.weakness not in found:
            since = min(one.since, places[one.need.weakness])
            found[one.need.weakness] = queued(replace(one, since=since))
    return list(found.values())


def confirmed(kept: Iterable[Kept], waited: Collection[State]) -> list[Kept]:
    """Those whose waiting for a decision is over."""
    return [queued(one) for one in kept if one.state in waited]
