"""What an operator sends and sees about parked events."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.messaging.decisions import Decision, Verb
from shared.messaging.rehearsal import Outcome
from shared.operator.acts import Because

Stream = Annotated[str, Field(max_length=200, examples=["complaints.v1"])]
Key = Annotated[str, Field(max_length=1_000, examples=["0192d4e0-7b1c-7e3a-9f00-5d2c8a1b4e6f"])]


class ParkedOne(BaseModel):
    """A parked event, without its content. `next`: the sequence that its key is waiting for."""

    stream: str
    key: str
    sequence: int
    event_id: str
    type: str
    reason: str
    detail: str
    attempts: int
    since: datetime
    fact_stream: str | None
    fact_key: str | None
    next: int


class ParkedInFull(ParkedOne):
    """A parked event with its headers and where it came from. Its body stays in the database."""

    topic: str
    partition: int
    offset: int
    bytes: int
    headers: list[tuple[str, str]]


class KeyState(BaseModel):
    """How far a key has come, and what is parked of it (the first hundred)."""

    stream: str
    key: str
    sequence: int
    event_id: str | None
    next: int
    blocked: bool
    parked: list[ParkedInFull]


class About(BaseModel):
    """The key that a decision is about; without a sequence its next, without an id the only one there is."""

    model_config = ConfigDict(extra="forbid")

    stream: Stream
    key: Key
    sequence: int | None = Field(default=None, ge=1, le=10**18)
    event_id: str | None = Field(default=None, max_length=500)

    def decision(self, verb: Verb) -> Decision:
        """The same for the protocol."""
        return Decision(verb, self.stream, self.key, self.sequence, self.event_id)


class Decided(About, Because):
    """A decision, and why."""


class Considered(About):
    """A decision that is only thought through."""

    verb: Verb


class DecisionTaken(BaseModel):
    """The events that it concerned, and what the key waits for from then on."""

    sequences: list[int]
    next: int


class Tell(BaseModel):
    """An event that would be told."""

    type: str
    key: str


class RehearsedStep(BaseModel):
    """What would happen to one event."""

    sequence: int
    event_id: str
    type: str
    outcome: Outcome
    why: str
    tells: list[Tell]


class Rehearsed(BaseModel):
    """What would happen; nothing did."""

    steps: list[RehearsedStep]


class KeyPlace(BaseModel):
    """A key of a stream."""

    model_config = ConfigDict(extra="forbid")

    stream: Stream
    key: Key


class Many(Because):
    """The keys to replay: those with an event parked for `parked_for`. `after` is the `next` of the lot before."""

    parked_for: Annotated[str, Field(pattern="^(failed|waiting)$")] = "failed"
    stream: Stream | None = None
    type: str | None = Field(default=None, max_length=500)
    after: KeyPlace | None = None


class Lot(BaseModel):
    """The keys of one lot; `next` asks for the lot that follows."""

    keys: list[KeyPlace]
    next: KeyPlace | None
