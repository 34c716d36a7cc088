"""The decision about each message, from rows that are locked: apply, drop or park (the sequence is the inbox)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.events import Kind
from shared.messaging.record import Message, Reading

Place = tuple[str, str]
"""A stream and a key of it."""


class Verdict(StrEnum):
    """What is to be done with a message."""

    APPLY = "apply"
    DROP = "drop"
    STAY = "stay"
    """Parked already, and still not its turn."""
    GAP = "gap"
    FAILED = "failed"
    REGRESSION = "regression"


@dataclass(slots=True)
class Past:
    """What is known of a key under its lock: the last sequence applied, its id, and what is parked by sequence."""

    sequence: int
    event_id: str | None
    parked: dict[int, dict[str, str]] = field(default_factory=dict)
    blocked: bool = False
    """A regression blocks its key until an operator decides."""

    def park(self, sequence: int, event_id: str, reason: str) -> None:
        """Know a message as parked."""
        self.parked.setdefault(sequence, {})[event_id] = reason
        self.blocked = self.blocked or reason == "regression"


def decide(messages: Iterable[Message], pasts: Mapping[Place, Past]) -> list[tuple[Message, Verdict]]:
    """The verdict on each message, in order; `pasts` moves along with what is applied and parked."""
    return [(message, _decide(message, pasts[message.stream, message.key])) for message in messages]


def _decide(message: Message, past: Past) -> Verdict:
    here = past.parked.get(message.sequence, {})
    if not message.draining and message.id in here:
        return Verdict.DROP
    if message.sequence <= past.sequence:
        return _decide_past(message, past)
    if message.draining and past.blocked:
        return Verdict.STAY
    if any(reason != "settled" for other, reason in here.items() if other != message.id):
        return _park(message, past, Verdict.REGRESSION)
    if past.blocked or not _is_next(message, past):
        return Verdict.STAY if message.draining else _park(message, past, Verdict.GAP)
    if message.reading is Reading.INVALID:
        return _park(message, past, Verdict.FAILED)
    _apply(message, past)
    return Verdict.APPLY


def _decide_past(message: Message, past: Past) -> Verdict:
    """A repetition is dropped; the last sequence under another id is a history that was rewritten."""
    rewritten = message.sequence == past.sequence and past.event_id not in (None, message.id)
    if rewritten and message.topic.kind is Kind.CHAIN and not message.draining:
        return _park(message, past, Verdict.REGRESSION)
    return Verdict.DROP


def _is_next(message: Message, past: Past) -> bool:
    return message.topic.kind is Kind.STATE or message.sequence == past.sequence + 1


def _park(message: Message, past: Past, verdict: Verdict) -> Verdict:
    past.park(message.sequence, message.id, verdict.value)
    return verdict


def _apply(message: Message, past: Past) -> None:
    past.sequence, past.event_id = message.sequence, message.id
    if message.topic.kind is Kind.STATE:
        for sequence in [s for s in past.parked if s <= message.sequence]:
            del past.parked[sequence]
    else:
        past.parked.get(message.sequence, {}).pop(message.id, None)
