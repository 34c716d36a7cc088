"""From the dimensions of a period to the predicate that is proposed (PP 30/2019 art. 41, PermenPANRB 6/2022).

A complaint never sets a predicate, and the machine none either: the superior decides.
"""

from collections.abc import Mapping
from fractions import Fraction

from services.evaluation.model.predicate import PredicatePolicy, Proposal, Rating
from services.evaluation.rules import amounts
from shared.events.evaluation import Predicate

HUNDRED = 100
LOWER = (
    Predicate.SANGAT_KURANG,
    Predicate.KURANG,
    Predicate.BUTUH_PERBAIKAN,
    Predicate.CUKUP,
    Predicate.BAIK,
    Predicate.SANGAT_BAIK,
)
"""Butuh Perbaikan is the matrix's word for Cukup: where they meet, the matrix's word stands."""

Dimensions = Mapping[str, Fraction | None]
"""Scores 0..100 by dimension; none, or left out, for want of evidence."""


def propose(dimensions: Dimensions, policy: PredicatePolicy, *, peers_heard: bool = False) -> Proposal:
    """The scale, the matrix, and the lower of their predicates.

    `peers_heard`: whether peers and subordinates were heard about conduct, so that it weighs more.
    """
    result, conduct = result_of(dimensions, policy), dimensions.get("conduct")
    if result is None or conduct is None:
        return Proposal(_shown(result), _shown(conduct), None, None, None, None, None, None)
    shares = policy.peers_heard if peers_heard else policy.usual
    x = amounts.half_up(
        policy.factor * (shares.result * result + shares.conduct * conduct) / (shares.result + shares.conduct)
    )
    scale = on_scale(x, dimensions.get("innovation"), policy)
    rated, behaved = rating(result, policy), rating(conduct, policy)
    matrix = policy.matrix[rated][behaved]
    return Proposal(
        result=_shown(result),
        conduct=_shown(conduct),
        x=amounts.text(x),
        scale=scale,
        result_rating=rated,
        conduct_rating=behaved,
        matrix=matrix,
        proposed=min(scale, matrix, key=LOWER.index),
    )


def result_of(dimensions: Dimensions, policy: PredicatePolicy) -> Fraction | None:
    """The result: the weighted mean of what is present, raised by an innovation where that raises it."""
    present = {name: score for name in policy.result if (score := dimensions.get(name)) is not None}
    if not present:
        return None
    weighed = sum((policy.result[name] * score for name, score in present.items()), Fraction(0))
    result = weighed / sum(policy.result[name] for name in present)
    innovation = dimensions.get("innovation")
    if innovation is None:
        return result
    raised = ((HUNDRED - policy.innovation) * result + policy.innovation * innovation) / HUNDRED
    return max(result, raised)


def on_scale(x: Fraction, innovation: Fraction | None, policy: PredicatePolicy) -> Predicate:
    """The predicate of a point on the scale, as it is shown: the best asks for an innovation too."""
    innovated = innovation is not None and innovation >= policy.innovation_for_best
    open_to = {predicate: least for predicate, least in policy.scale.items() if innovated or predicate is not LOWER[-1]}
    return max((predicate for predicate, least in open_to.items() if x >= least), key=LOWER.index)


def rating(score: Fraction, policy: PredicatePolicy) -> Rating:
    """Above, as, or below what was expected, by the score's point on the scale."""
    point = amounts.half_up(policy.factor * score)
    if point >= policy.ratings.above:
        return Rating.ABOVE
    return Rating.AS_EXPECTED if point >= policy.ratings.as_expected else Rating.BELOW


def _shown(score: Fraction | None) -> str | None:
    return None if score is None else amounts.text(amounts.half_up(score))
