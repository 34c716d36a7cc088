"""Which predicate of a period counts: the superior confirms the proposed one or sets another; so does the next level.

The machine proposes and never decides (PP 30/2019; art. 59: the assessor's superior decides an objection).
"""

from services.evaluation.rules.deciding import refuse
from shared.events.evaluation import Predicate


def settle(proposed: Predicate | None, asked: Predicate | None, reasons: str | None) -> Predicate:
    """The predicate that counts from a decision on; `asked`: none, as proposed. Raises Problem 422."""
    predicate = asked or proposed
    if predicate is None:
        refuse("predicate", "must be given: for want of evidence nothing was proposed")
    if predicate is not proposed and not reasons:
        refuse("reasons", "must say why the predicate is another than the proposed one")
    return predicate


def settle_objection(standing: Predicate, upheld: bool, asked: Predicate | None) -> Predicate:
    """The predicate that counts once an objection is decided: who is right gets another. Raises Problem 422."""
    predicate = asked or standing
    if upheld and predicate is standing:
        refuse("predicate", "must be another than now, where the objection is upheld")
    if not upheld and predicate is not standing:
        refuse("upheld", "must be true where the predicate is set anew")
    return predicate
