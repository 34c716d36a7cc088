"""What an evaluation found, as it is stored: amounts are canonical decimal strings, fractions stay exact."""

from services.evaluation.model.evidence import Piece
from shared.events.evaluation import DimensionScore, Outcome


class Line(Piece):
    """One line of the explanation: `points` of `count` pieces of a `kind` about a `subject` (service or incident)."""

    kind: str
    points: str
    subject: str = ""
    count: int = 0


class Test(Piece):
    """A balance test: observed against expected, its balance B rounded down, and whether it had enough items."""

    __test__ = False

    name: str
    observed: str
    expected: str
    items: int
    balance: str
    enough: bool


class PartResult(Piece):
    """A part of a dimension. No score: not enough evidence, though its lines are shown."""

    part: str
    score: str | None
    items: int
    tests: tuple[Test, ...]
    lines: tuple[Line, ...]


class NeedFound(Piece):
    """A balance test that shows a training need."""

    test: str
    part: str
    dimension: str


class DimensionResult(Piece):
    """A dimension's score, or none for want of evidence."""

    dimension: str
    score: str | None


class Result(Piece):
    """What one evaluation found, under one policy version."""

    policy_version: str
    outcome: Outcome
    parts: tuple[PartResult, ...]
    dimensions: tuple[DimensionResult, ...]
    needs: tuple[NeedFound, ...]

    @property
    def scores(self) -> tuple[DimensionScore, ...]:
        """The score of each dimension, as it is told."""
        return tuple(DimensionScore(dimension=one.dimension, score=one.score) for one in self.dimensions)


class Raise(Piece):
    """A change that would raise a part, computed again with it: `score` is the part's then. Shown, never stored."""

    kind: str
    part: str
    score: str
    subject: str = ""
    count: int = 0
