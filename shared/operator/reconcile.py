"""What was told against what was seen: a gap shows a loss in the middle of a key, this shows one at its end.

A sender's `stream` rows are looked up at each listener, and a listener's `seen` rows at the sender. What differs may
be on its way: it is looked at again, until the listener has reached what was told at the first look.
"""

import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

Json = dict[str, Any]
LOT = 200
LOOK_SECONDS = 0.5


class Asks(Protocol):
    """How services are asked."""

    @property
    def names(self) -> list[str]:
        """All of them."""

    def get(self, service: str, path: str, /, **query: Any) -> Json:
        """What one shows."""

    def post(self, service: str, path: str, body: Json) -> Json:
        """What one answers."""

    def pages(self, service: str, path: str, /, **query: Any) -> Iterator[list[Json]]:
        """A list."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A stream on its way from a sender to a listener."""

    stream: str
    sender: str
    listener: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A key that its listener has not come as far with as it was told, or farther."""

    pair: Pair
    key: str
    told: int
    seen: int
    parked: str = ""
    acknowledged: bool = False
    """An operator knows of it, exactly as it is."""
    unread: int = 0
    """Records of the stream that its listener had not read, of those that were there at the first look."""

    @property
    def is_ahead(self) -> bool:
        """More was seen than its sender knows of."""
        return self.seen > self.told

    @property
    def advice(self) -> str:
        """What to do."""
        sender, stream, listener, key = self.pair.sender, self.pair.stream, self.pair.listener, shlex.quote(self.key)
        if self.acknowledged:
            return "acknowledged"
        if self.is_ahead:
            foreign = f"salor acknowledge {listener} {stream} {key} {self.told} {self.seen}"
            return f"was {sender} set back? salor reconcile --raise {sender}; if not, a record is foreign: {foreign}"
        if self.parked not in ("", "gap"):
            return f"salor show {listener} {stream} {key}"
        if self.unread:
            return f"{listener} has not read so far (unread: {self.unread:,}): wait, or start it if it stands still"
        return f"salor resend {stream} {key} {self.seen + 1}"


def pairs(services: Asks) -> tuple[list[Pair], list[str]]:
    """The streams to compare, and those that no service here tells."""
    cards = [services.get(name, "/service") for name in services.names]
    senders = {stream: card["name"] for card in cards for stream in card["tells"]}
    heard = [(stream, card["name"]) for card in cards for stream in card["listens"]]
    found = [Pair(stream, senders[stream], listener) for stream, listener in heard if stream in senders]
    return sorted(found, key=lambda pair: (pair.stream, pair.listener)), sorted({s for s, _ in heard} - set(senders))


def differences(services: Asks, pair: Pair, seconds: float, compared: Callable[[int], None]) -> list[Difference]:
    """What differs between a sender and a listener and is not merely on its way, after at most `seconds`."""
    found = [*_as_told(services, pair, compared), *_as_seen(services, pair)]
    known, suspects = [one for one in found if one.acknowledged], [one for one in found if not one.acknowledged]
    ends = {at["partition"]: at["end"] for at in _reading(services, pair, suspects)}
    deadline = time.monotonic() + seconds
    while suspects and time.monotonic() < deadline:
        suspects = _again(services, suspects)
        if suspects:
            time.sleep(LOOK_SECONDS)
    unread = sum(max(ends.get(at["partition"], 0) - at["read"], 0) for at in _reading(services, pair, suspects))
    return [*known, *(replace(one, unread=unread) for one in suspects)]


def _reading(services: Asks, pair: Pair, suspects: list[Difference]) -> list[Json]:
    """How far the listener has read the stream, where it matters: somebody is behind."""
    if all(one.is_ahead for one in suspects):
        return []
    found: list[Json] = services.get(pair.listener, "/reading", stream=pair.stream)["partitions"]
    return found


def _as_told(services: Asks, pair: Pair, compared: Callable[[int], None]) -> Iterator[Difference]:
    for page in services.pages(pair.sender, "/streams", stream=pair.stream):
        seen = _ask(services, pair.listener, "/seen/of", pair, [row["key"] for row in page])
        compared(len(page))
        for row in page:
            there = seen[row["key"]]
            if there["sequence"] != row["sequence"]:
                known = there["acknowledged"] == row["sequence"]
                yield Difference(pair, row["key"], row["sequence"], there["sequence"], there["parked"], known)


def _as_seen(services: Asks, pair: Pair) -> Iterator[Difference]:
    """Keys that only the listener knows."""
    for page in services.pages(pair.listener, "/seen", stream=pair.stream):
        told = _ask(services, pair.sender, "/streams/of", pair, [row["key"] for row in page])
        for row in page:
            if told[row["key"]]["sequence"] == 0:
                yield Difference(pair, row["key"], 0, row["sequence"], acknowledged=row["acknowledged"] == 0)


def _again(services: Asks, suspects: list[Difference]) -> list[Difference]:
    """Look again: who was behind must have reached what was told then; who was ahead must be known of now."""
    left: list[Difference] = []
    for start in range(0, len(suspects), LOT):
        lot = suspects[start : start + LOT]
        pair, keys = lot[0].pair, [one.key for one in lot]
        seen = _ask(services, pair.listener, "/seen/of", pair, keys)
        told = _ask(services, pair.sender, "/streams/of", pair, keys)
        for one in lot:
            if one.is_ahead and told[one.key]["sequence"] < one.seen:
                left.append(replace(one, told=told[one.key]["sequence"]))
            elif not one.is_ahead and seen[one.key]["sequence"] < one.told:
                left.append(replace(one, seen=seen[one.key]["sequence"], parked=seen[one.key]["parked"]))
    return left


def _ask(services: Asks, service: str, path: str, pair: Pair, keys: list[str]) -> dict[str, Json]:
    asked = {"keys": [{"stream": pair.stream, "key": key} for key in keys]}
    return {row["key"]: row for row in services.post(service, path, asked)["keys"]} if keys else {}
