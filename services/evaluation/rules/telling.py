"""What is told of results that were computed again: a fact where it says something else, a letter once a change."""

from collections.abc import Hashable, Sequence

from services.evaluation.model.revision import Revision
from services.evaluation.model.words import Standing
from shared.events.complaints import Visibility


def differs(revision: Revision, before: Standing | None) -> bool:
    """Whether a revision says something else than the one before it: status, outcome, scores, or needs."""
    return (
        before is None
        or bool(revision.needs or revision.withdrawn)
        or (revision.status, revision.result.outcome, revision.scores) != (before.status, before.outcome, before.scores)
    )


def news(revised: Sequence[tuple[str, Revision, Standing | None]]) -> list[bool]:
    """Of which revisions officer and superior are to be told: of those that one change made differ, the first.

    Each with the id of what changed, and as it stood before. What a protected reporter's case says waits for its
    collection: so it speaks for itself.
    """
    said: set[Hashable] = set()
    answers = []
    for change, revision, before in revised:
        place = (change, revision.employee_id, revision.visibility is Visibility.OPEN)
        answers.append(place not in said and differs(revision, before))
        if answers[-1]:
            said.add(place)
    return answers
