"""Which results are judged again where something was found of a complaint, or it went away."""

from collections.abc import Sequence

from services.evaluation.model.revision import Rested
from services.evaluation.model.words import Changed
from services.evaluation.rules.states import Verb, move


def judged_again(change: Changed, standing: Sequence[Rested]) -> list[tuple[Rested, Verb]]:
    """What an officer's standing evaluations do about a change of one complaint. Those without a cause are left out.

    What weighs less now is taken out of all that rest on it. What weighs more is judged once: in the evaluation of its
    incident; where that is decided, in the last one that is not and rests on it.
    """
    resting = [one for one in standing if one.complaint_id is not None and rests_on(one, change)]
    verb = Verb.CORRECT if change.unfounded else Verb.REVISE
    if not change.upheld:
        return [(one, verb) for one in resting]
    able = [one for one in resting if move(one.status, verb)]
    return [(one, verb) for one in sorted(able, key=lambda one: _place(one, change))[-1:]]


def rests_on(one: Rested, change: Changed) -> bool:
    """Whether an evaluation is about a complaint's incident, or counts it."""
    return one.incident_id == change.incident_id or any(
        incident.id == str(change.incident_id) for incident in one.evidence.incidents
    )


def _place(one: Rested, change: Changed) -> tuple[object, ...]:
    return one.incident_id == change.incident_id, one.evidence.as_of, one.evaluation_id
