"""The whole: evidence and a policy in, a result out. The same function computes a stored evaluation again."""

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.rules.direct import direct
from services.evaluation.rules.incidents import complaints
from services.evaluation.rules.outcome import dimensions, needs, outcome
from services.evaluation.rules.ratings import rated
from services.evaluation.rules.timeliness import timeliness


def evaluate(evidence: Evidence, policy: ScoringPolicy) -> Result:
    """All parts that have evidence, their outcome, needs and dimensions."""
    asked = policy.ratings.parts if policy.ratings else ()
    judged = [
        timeliness(evidence, policy),
        *(complaints(part, evidence, policy) for part in policy.complaints.parts),
        *(rated(part, evidence, policy) for part in asked),
        *direct(evidence, policy),
    ]
    parts = tuple(part for part in judged if part is not None)
    return Result(
        policy_version=policy.version,
        outcome=outcome(parts, policy),
        parts=parts,
        dimensions=dimensions(parts, policy),
        needs=needs(parts, policy),
    )


def recompute(stored: str, policy: ScoringPolicy) -> str:
    """A stored evaluation again, from its pieces and the policy version it names: the same bytes."""
    return evaluate(Evidence.parse(stored), policy).canonical()
