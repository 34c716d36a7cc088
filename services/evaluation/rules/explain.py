"""A stored evaluation as the employee reads it: why this score, line by line, in Indonesian or English."""

from pydantic import BaseModel, ConfigDict

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import PartResult, Result
from services.evaluation.rules import texts
from services.evaluation.rules.raising import raises
from services.evaluation.rules.view import employee_lines


class ShownLine(BaseModel):
    """A line in words, with its points as a canonical decimal string."""

    text: str
    points: str


class ShownPart(BaseModel):
    """A part and its rule: its lines sum to its score, or say what is known where there is not enough evidence."""

    part: str
    title: str
    rule: str
    score: str | None
    lines: list[ShownLine]


class ShownRaise(BaseModel):
    """What would raise a part, in words, and its score then: computed again with the change."""

    part: str
    text: str
    score: str


class ShownDimension(BaseModel):
    """A dimension's name and score."""

    dimension: str
    title: str
    score: str | None


class Explanation(BaseModel):
    """Why this score."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "need",
                    "message": "A training will help.",
                    "note": "This result is provisional.",
                    "policy_version": "2026.2",
                    "source": "internal instrument",
                    "dimensions": [{"dimension": "discipline", "title": "Discipline", "score": "55.00"}],
                    "parts": [
                        {
                            "part": "timeliness",
                            "title": "Timeliness",
                            "rule": "Compared with how often the same services are late; 85 is as usual",
                            "score": "55.00",
                            "lines": [
                                {"text": "Starting point: as expected", "points": "85.00"},
                                {"text": "48 ktp late", "points": "-30.00"},
                            ],
                        }
                    ],
                    "raises": [{"part": "timeliness", "text": "The next 10 KTP on time", "score": "57.53"}],
                }
            ]
        }
    )

    outcome: str
    message: str
    note: str
    policy_version: str
    source: str | None
    dimensions: list[ShownDimension]
    parts: list[ShownPart]
    raises: list[ShownRaise] = []


def explain(
    evidence: Evidence, result: Result, *, language: str, fewest: int, policy: ScoringPolicy | None = None
) -> Explanation:
    """The explanation in a language (`id` or `en`); with the policy of the result also what would raise it."""
    return Explanation(
        outcome=result.outcome,
        message=texts.OUTCOMES[language][result.outcome],
        note=texts.PROVISIONAL[language],
        policy_version=result.policy_version,
        source=policy.source if policy else None,
        dimensions=[
            ShownDimension(dimension=d.dimension, title=texts.DIMENSIONS[language][d.dimension], score=d.score)
            for d in result.dimensions
        ],
        parts=[_part(part, evidence, language, fewest) for part in result.parts],
        raises=[
            ShownRaise(part=one.part, text=texts.raised(one, language), score=one.score)
            for one in (raises(evidence, result, policy) if policy else ())
        ],
    )


def _part(part: PartResult, evidence: Evidence, language: str, fewest: int) -> ShownPart:
    return ShownPart(
        part=part.part,
        title=texts.PARTS[language][part.part],
        rule=texts.rule(part.part, language),
        score=part.score,
        lines=[
            ShownLine(text=texts.line(line, language), points=line.points)
            for line in employee_lines(part, evidence, fewest)
        ],
    )
