"""Who decides about an officer: the direct superior, or who stands in, else the next level up."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.evaluation.model.decisions import Level


def line(levels: Sequence[Level], barred: Collection[UUID]) -> tuple[UUID, ...]:
    """The persons who may decide, the nearest first. `barred`: the officer, and whom the incident concerns too."""
    people = (level.person_id for level in levels)
    return tuple(dict.fromkeys(one for one in people if one is not None and one not in barred))


def above(line: Sequence[UUID], assessor: UUID | None) -> UUID | None:
    """The assessor's superior, who decides an objection: the next of the line; none where nobody is above.

    An assessor who is not in the line any more, or nobody (silence confirmed), counts as its first.
    """
    place = line.index(assessor) if assessor in line else 0
    return line[place + 1] if place + 1 < len(line) else None
