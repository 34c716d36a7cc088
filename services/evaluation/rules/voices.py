"""Which incidents count: each citizen has one voice a quarter, for one incident, so k citizens count at most k."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from services.evaluation.model.evidence import Incident
from services.evaluation.model.policy import ComplaintNumbers
from services.evaluation.model.words import Finding

HEAVIEST = (Finding.UPHELD, Finding.PENDING, Finding.REJECTED)


def heaviest(findings: Iterable[Finding]) -> Finding:
    """An incident weighs what its heaviest complaint weighs."""
    return min(findings, key=HEAVIEST.index)


def counting(incidents: Sequence[Incident]) -> list[Incident]:
    """The incidents that count: heaviest first, then by id, while each can have a voice of its own (a matching).

    A voice is a reporter's reference, which differs from quarter to quarter. A rejected complaint is no voice.
    """
    taken: dict[str, Incident] = {}
    ordered = sorted(incidents, key=lambda one: (HEAVIEST.index(heaviest(one.voices.values())), one.id))
    return [one for one in ordered if _seat(one, taken, set())]


def _seat(incident: Incident, taken: dict[str, Incident], tried: set[str]) -> bool:
    """Give the incident a voice, moving those already seated along an augmenting path (Kuhn)."""
    for voice in sorted(v for v, finding in incident.voices.items() if finding is not Finding.REJECTED):
        if voice in tried:
            continue
        tried.add(voice)
        if voice not in taken or _seat(taken[voice], taken, tried):
            taken[voice] = incident
            return True
    return False


def weights(incidents: Sequence[Incident], numbers: ComplaintNumbers) -> dict[str, Fraction]:
    """The weight of each incident: 1 upheld, a share of at most PENDING pending, 0 rejected or without a voice."""
    counted = {one.id: heaviest(one.voices.values()) for one in counting(incidents)}
    pending = sum(finding is Finding.PENDING for finding in counted.values())
    share = min(numbers.pending, Fraction(numbers.pending_together, pending)) if pending else Fraction(0)
    weight = {Finding.UPHELD: Fraction(1), Finding.PENDING: share}
    return {one.id: weight[counted[one.id]] if one.id in counted else Fraction(0) for one in incidents}
