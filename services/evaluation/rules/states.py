"""The states of an evaluation. A decision is about one revision: a later one is a proposal again."""

from enum import StrEnum

from shared.events.evaluation import Status


class Verb(StrEnum):
    """What can be done to an evaluation."""

    REVISE = "revise"
    """Evidence joins, or is found otherwise: a decided result stays as it is."""
    CORRECT = "correct"
    """What it rests on was wrong (a record, or a complaint found unfounded): even a decided result is another then."""
    CONFIRM = "confirm"
    OBJECT = "object"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


MOVES: dict[tuple[Status, Verb], Status] = {
    (Status.PROVISIONAL, Verb.REVISE): Status.PROVISIONAL,
    (Status.PROVISIONAL, Verb.CORRECT): Status.PROVISIONAL,
    (Status.PROVISIONAL, Verb.CONFIRM): Status.CONFIRMED,
    (Status.PROVISIONAL, Verb.WITHDRAW): Status.WITHDRAWN,
    (Status.CONFIRMED, Verb.CORRECT): Status.PROVISIONAL,
    (Status.CONFIRMED, Verb.OBJECT): Status.SUSPENDED,
    (Status.CONFIRMED, Verb.WITHDRAW): Status.WITHDRAWN,
    # The objection is decided about the corrected result: so its effects stay suspended until then.
    (Status.SUSPENDED, Verb.CORRECT): Status.SUSPENDED,
    (Status.SUSPENDED, Verb.DECIDE): Status.FINAL,
    (Status.SUSPENDED, Verb.WITHDRAW): Status.WITHDRAWN,
    (Status.FINAL, Verb.CORRECT): Status.PROVISIONAL,
    (Status.FINAL, Verb.WITHDRAW): Status.WITHDRAWN,
}


def move(status: Status, verb: Verb) -> Status | None:
    """The status after a verb; none where it does not apply."""
    return MOVES.get((status, verb))
