"""What would raise a score: the same evidence, computed again with one change."""

from collections.abc import Iterator
from fractions import Fraction

from services.evaluation.model.evidence import Evidence, OnTime
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import PartResult, Raise, Result
from services.evaluation.model.words import ALL, TIMELINESS, Finding
from services.evaluation.rules.direct import ATTENDANCE, LEARNING
from services.evaluation.rules.evaluate import evaluate

NEXT = 10
"""Services that the next weeks bring."""


def raises(evidence: Evidence, result: Result, policy: ScoringPolicy) -> tuple[Raise, ...]:
    """The changes that raise a part which has a score, each alone, under the policy of the result."""
    scores = {part.part: part.score for part in result.parts}
    found = []
    for change, changed in _changes(evidence, result, policy):
        after = {part.part: part.score for part in evaluate(changed, policy).parts}
        before, now = scores.get(change.part), after.get(change.part)
        if before is not None and now is not None and Fraction(now) > Fraction(before):
            found.append(change.model_copy(update={"score": now}))
    return tuple(found)


def _changes(evidence: Evidence, result: Result, policy: ScoringPolicy) -> Iterator[tuple[Raise, Evidence]]:
    for part in result.parts:
        if part.part == TIMELINESS:
            yield _on_time(part, evidence, policy)
        if part.part in policy.complaints.parts:
            yield _raise("dismissed", part), _dismissed(part.part, evidence)
            yield _raise("praise", part), _praised(part.part, evidence)
        if part.part == ATTENDANCE:
            yield _raise("present", part), evidence.model_copy(update={"absent_days": 0})
        if part.part == LEARNING and policy.direct and evidence.learning is not None:
            owed = max(policy.direct.learning.hours - evidence.learning, 0)
            yield (
                _raise("learned", part, count=owed),
                evidence.model_copy(update={"learning": evidence.learning + owed}),
            )


def _raise(kind: str, part: PartResult, *, subject: str = "", count: int = 0) -> Raise:
    return Raise(kind=kind, part=part.part, score="", subject=subject, count=count)


def _on_time(part: PartResult, evidence: Evidence, policy: ScoringPolicy) -> tuple[Raise, Evidence]:
    """The next services on time, of the kind with the most to gain."""
    excess = {test.name: Fraction(test.observed) - Fraction(test.expected) for test in part.tests if test.name != ALL}
    service = min(excess, key=lambda name: (-excess[name], name))
    q = policy.services.late_per_10000.get(service, 0)
    more = OnTime(service=service, q=q, count=NEXT)
    changed = evidence.model_copy(update={"on_time": (*evidence.on_time, more)})
    return _raise("on_time", part, subject=service, count=NEXT), changed


def _dismissed(part: str, evidence: Evidence) -> Evidence:
    incidents = [
        one.model_copy(update={"voices": {voice: _unfounded(finding) for voice, finding in one.voices.items()}})
        if one.part == part
        else one
        for one in evidence.incidents
    ]
    return evidence.model_copy(update={"incidents": tuple(incidents)})


def _unfounded(finding: Finding) -> Finding:
    return Finding.REJECTED if finding is Finding.PENDING else finding


def _praised(part: str, evidence: Evidence) -> Evidence:
    return evidence.model_copy(update={"praise": {**evidence.praise, part: evidence.praise.get(part, 0) + 1}})
