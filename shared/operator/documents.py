"""What an operator sends and sees about parked events."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from shared.messaging.decisions import Decision, Verb
from shared.messaging.record import LONGEST, LONGEST_KEY
from shared.messaging.rehearsal import Outcome
from shared.operator.acts import Because, answered, asked

Stream = Annotated[str, Field(max_length=200)]
Key = Annotated[str, Field(max_length=LONGEST_KEY)]
KEY = {"stream": "orders.v1", "key": "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11"}
EVENT_ID = "019a7c3e-5b11-8a02-b1c4-7d0e9f3a2b18"
TYPE = "com.example.orders.OrderPlaced.v1"
REASON = "the rule for part-time staff was mended in 1.4.2"
FAILED = {
    **KEY,
    "sequence": 4,
    "event_id": EVENT_ID,
    "type": TYPE,
    "reason": "failed",
    "detail": f"KeyError in the handler of {TYPE}",
    "attempts": 3,
    "since": "2026-03-02T08:00:00Z",
    "fact_stream": None,
    "fact_key": None,
    "overdue": False,
    "blocked": False,
    "next": 4,
}
IN_FULL = {
    **FAILED,
    "topic": "orders.v1",
    "partition": 3,
    "offset": 1207,
    "bytes": 512,
    "headers": [
        {"name": "ce_id", "value": EVENT_ID, "value_base64": None},
        {"name": "ce_type", "value": TYPE, "value_base64": None},
    ],
}
STEP = {"sequence": 4, "event_id": EVENT_ID, "type": TYPE, "outcome": "applies", "why": ""}


class Header(BaseModel):
    """A record's header. Of a `value` that is no text in UTF-8 (U+FFFD stands in it) the bytes are `value_base64`."""

    name: str
    value: str | None
    value_base64: str | None


def headers(names: Sequence[str], values: Sequence[bytes | None]) -> list[Header]:
    """A row's headers, as they came; only null characters are gone from the names."""
    pairs = zip(names, values, strict=True)
    return [Header(name=name, value=as_text(value), value_base64=as_base64(value)) for name, value in pairs]


def as_text(data: bytes | None) -> str | None:
    """Bytes as text, with U+FFFD where they are none; none where there are no bytes, which is not the empty text."""
    return None if data is None else data.decode(errors="replace")


def as_base64(data: bytes | None) -> str | None:
    """Bytes exactly, where their text is not; none where it is."""
    text = as_text(data)
    return None if data is None or text is None or text.encode() == data else base64.b64encode(data).decode()


class ParkedOne(BaseModel):
    """A parked event, without its content. `next`: the sequence that its key is waiting for.

    `attempts`: how often it was tried in vain. A handler that fails is given three tries in a row, a replay three more;
    one try each time that it can't be read, or lacks its fact. What has not had its turn yet has none.
    `blocked`: a regression of its key is undecided; until then nothing of the key is tried.
    `overdue`: it has waited for its fact longer than it should; it still goes on by itself when the fact comes.
    """

    model_config = answered(**FAILED)

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
    overdue: bool
    blocked: bool
    next: int


class ParkedInFull(ParkedOne):
    """A parked event with its headers and where it came from. Its body stays in the database; `bytes` is its size."""

    model_config = answered(**IN_FULL)

    topic: str
    partition: int
    offset: int
    bytes: int | None
    headers: list[Header]


class KeyState(BaseModel):
    """How far a key has come, and what is parked of it (the first hundred)."""

    model_config = answered(**KEY, sequence=3, event_id=EVENT_ID, next=4, blocked=False, parked=[IN_FULL])

    stream: str
    key: str
    sequence: int
    event_id: str | None
    next: int
    blocked: bool
    parked: list[ParkedInFull]


class About(BaseModel):
    """The key that a decision is about. Without a sequence: the next (discard, skip), or all that the verb fits.

    Settle and adopt may name one id among several of a sequence; the others take no id.
    """

    stream: Stream
    key: Key
    sequence: int | None = Field(default=None, ge=1, le=10**18)
    event_id: str | None = Field(default=None, max_length=LONGEST)

    def decision(self, verb: Verb) -> Decision:
        """The same for the protocol."""
        return Decision(verb, self.stream, self.key, self.sequence, self.event_id)


class Decided(About, Because):
    """A decision, and why."""

    model_config = asked(**KEY, sequence=4, reason=REASON)


class Considered(About):
    """A decision that is only thought through."""

    model_config = asked(**KEY, sequence=4, verb="replay")

    verb: Verb


class DecisionTaken(BaseModel):
    """The events that it concerned, and what the key waits for from then on."""

    model_config = answered(sequences=[4], next=4)

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

    model_config = answered(steps=[{**STEP, "tells": [{"type": TYPE, "key": KEY["key"]}]}])

    steps: list[RehearsedStep]


class KeyPlace(BaseModel):
    """A key of a stream."""

    model_config = asked(**KEY)

    stream: Stream
    key: Key


class Many(Because):
    """The keys to replay: those with an event parked for `parked_for`. `after` is the `next` of the lot before.

    `why`: a part of the detail, or of `lacks (STREAM, KEY)` where it waits for a fact.
    """

    model_config = asked(parked_for="failed", stream="orders.v1", reason=REASON)

    parked_for: Annotated[str, Field(pattern="^(failed|waiting)$")] = "failed"
    stream: Stream | None = None
    type: str | None = Field(default=None, max_length=500)
    why: str | None = Field(default=None, max_length=500)
    after: KeyPlace | None = None


class Lot(BaseModel):
    """The keys of one lot; `next` asks for the lot that follows."""

    model_config = answered(keys=[KEY], next=None)

    keys: list[KeyPlace]
    next: KeyPlace | None
