"""What people send about a result, and what they are answered."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, StrictInt

from shared.events.evaluation import Outcome, Predicate, Status

Words = Annotated[str, Field(min_length=3, max_length=4000)]
Revision = Annotated[StrictInt, Field(ge=1, description="the revision that was read")]
Tests = Annotated[list[str], Field(max_length=20, description="the balance tests whose needs shall rest on the result")]


def _asked(**example: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class Reply(BaseModel):
    """An officer's own words about a result."""

    model_config = _asked(revision=1, words="The scanner was out of order that week.")

    revision: Revision
    words: Words


class Decide(BaseModel):
    """What a superior decides: `outcome` and `needs` only where another result shall count than the computed one."""

    model_config = _asked(revision=1, outcome="watch", needs=[], reasons="The printer was broken on those days.")

    revision: Revision
    outcome: Outcome | None = None
    needs: Tests | None = None
    reasons: Words | None = None


class Object(BaseModel):
    """An objection (keberatan), with its reasons."""

    model_config = _asked(reasons="Seven of the late services were not mine.")

    reasons: Words


class Statement(BaseModel):
    """What the assessor says about an objection."""

    model_config = _asked(words="The record names the counter and not the officer.")

    words: Words


class DecideObjection(BaseModel):
    """How an objection ends: `outcome` and `needs` where it is upheld."""

    model_config = _asked(upheld=True, outcome="isolated", needs=[], reasons="The records confirm it.")

    upheld: StrictBool
    outcome: Outcome | None = None
    needs: Tests | None = None
    reasons: Words


class _About(BaseModel):
    """Of whom and which evaluation the address says that it is."""

    employee_id: UUID
    evaluation_id: UUID


class Replying(_About, Reply):
    """A reply to one evaluation."""


class Deciding(_About, Decide):
    """A decision about one evaluation."""


class Objecting(_About, Object):
    """An objection to one evaluation."""


class Stating(_About, Statement):
    """A statement about the objection to one evaluation."""


class DecidingObjection(_About, DecideObjection):
    """The decision of the objection to one evaluation."""


class Standing(BaseModel):
    """How a result stands after what was sent: what counts, and the tests of the needs that rest on it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "evaluation_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
                    "status": "confirmed",
                    "revision": 1,
                    "outcome": "need",
                    "needs": ["ktp"],
                }
            ]
        }
    )

    evaluation_id: UUID
    status: Status
    revision: int
    outcome: Outcome
    needs: list[str]


class DecidePredicate(BaseModel):
    """What a superior decides about a period: `predicate` only where another shall count than the proposed one."""

    model_config = _asked(predicate="Baik", reasons="The counter was moved twice in that quarter.")

    predicate: Predicate | None = None
    reasons: Words | None = None


class DecidePredicateObjection(BaseModel):
    """How an objection to a predicate ends: `predicate` where it is upheld."""

    model_config = _asked(upheld=True, predicate="Baik", reasons="The records confirm it.")

    upheld: StrictBool
    predicate: Predicate | None = None
    reasons: Words


class _AboutPeriod(BaseModel):
    """Of whom and which assessment the address says that it is."""

    employee_id: UUID
    assessment_id: UUID


class DecidingPredicate(_AboutPeriod, DecidePredicate):
    """A decision about one assessment's predicate."""


class ObjectingToPredicate(_AboutPeriod, Object):
    """An objection to one assessment's predicate."""


class StatingOnPredicate(_AboutPeriod, Statement):
    """A statement about the objection to one assessment's predicate."""


class DecidingPredicateObjection(_AboutPeriod, DecidePredicateObjection):
    """The decision of the objection to one assessment's predicate."""


class PredicateStanding(BaseModel):
    """How a period's predicate stands after what was sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "assessment_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f508",
                    "period": "2026-Q2",
                    "status": "confirmed",
                    "predicate": "Baik",
                }
            ]
        }
    )

    assessment_id: UUID
    period: str
    status: Status
    predicate: Predicate | None
