"""What a batch of messages came to, in numbers: for the metrics, once it is committed."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.events import Kind
from shared.messaging.listens import Listens
from shared.messaging.parked import Parking
from shared.messaging.record import EPOCH, Message, Reading
from shared.messaging.seen import Verdict
from shared.telemetry.metrics import Metrics

AGAIN = ("gap", "waiting", "dropped")
"""What is no news of a message that was parked already."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome of a batch: verdicts on placed messages, which of them were parked, strangers, dead letters."""

    messages: Sequence[Message]
    verdicts: Sequence[tuple[Message, Verdict]]
    parkings: Sequence[Parking]
    claimed: set[int]
    dead: Sequence[tuple[Message, str]]

    def count(self, metrics: Metrics, listens: Listens) -> None:
        """Add it to the metrics."""
        outcomes: Counter[tuple[str, str]] = Counter()
        applied: Counter[str] = Counter()
        ages: dict[str, list[float]] = {}
        now = time.time()
        for message, outcome in self._outcomes():
            outcomes[message.stream, outcome] += 1
            if outcome == "applied":
                applied[message.type if message.type in listens.by_type else "other"] += 1
                if message.time is not EPOCH:
                    ages.setdefault(message.stream, []).append(now - message.time.timestamp())
        unknown = Counter(m.type for m in self.messages if m.reading is Reading.UNKNOWN and not m.draining)
        metrics.settled(outcomes, applied, unknown)
        for stream, its in ages.items():
            metrics.hop.observe(stream, its)

    def _outcomes(self) -> Iterator[tuple[Message, str]]:
        reasons = {id(parking.message): parking.reason for parking in self.parkings}
        for message, verdict in self.verdicts:
            outcome = reasons.get(id(message)) or ENDED.get(verdict, "")
            if outcome and not (message.draining and outcome in AGAIN):
                yield message, outcome
        dead = {id(message) for message, _ in self.dead}
        for message in self.messages:
            if id(message) in dead:
                yield message, DEAD.get(message.reading, "given_up")
            elif message.topic.kind is Kind.STRANGER:
                yield message, "applied" if id(message) in self.claimed else "dropped"


ENDED: Mapping[Verdict, str] = {Verdict.APPLY: "applied", Verdict.DROP: "dropped"}
DEAD: Mapping[Reading, str] = {Reading.UNPLACEABLE: "unplaceable", Reading.INVALID: "unreadable"}
