"""What a batch of messages came to, in numbers: for the metrics, once it is committed."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.events import TYPES, Kind
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
        """Add it to the metrics: 0.8 us a message, in passes over the batch."""
        outcomes = list(self._outcomes())
        metrics.settled(Counter((message.topic.name, outcome) for message, outcome in outcomes))
        applied = [message for message, outcome in outcomes if outcome == "applied"]
        for kind, count in Counter(message.type for message in applied).items():
            metrics.applied.labels(kind if kind in listens.by_type else "other").inc(count)
            if kind not in TYPES:
                metrics.pass_over(kind, count)
        now = time.time()
        for stream in {message.topic.name for message in applied}:
            of_stream = (m.time for m in applied if m.topic.name == stream and m.time is not EPOCH)
            metrics.hop.observe(stream, [now - at.timestamp() for at in of_stream])

    def _outcomes(self) -> Iterator[tuple[Message, str]]:
        reasons = {id(parking.message): parking.reason for parking in self.parkings}
        for message, verdict in self.verdicts:
            # Compared by identity: an enum as a key would be hashed in Python, twice the cost of all of this.
            ended = "applied" if verdict is Verdict.APPLY else "dropped" if verdict is Verdict.DROP else ""
            outcome = reasons.get(id(message), ended) if reasons else ended
            if outcome and not (message.draining and outcome in AGAIN):
                yield message, outcome
        dead = {id(message) for message, _ in self.dead}
        for message in self.messages:
            if id(message) in dead:
                yield message, _grave(message.reading)
            elif message.topic.kind is Kind.STRANGER:
                yield message, "applied" if id(message) in self.claimed else "dropped"


def _grave(reading: Reading) -> str:
    """Why a message is a dead letter: nobody can place it, read it, or its handler failed."""
    if reading is Reading.UNPLACEABLE:
        return "unplaceable"
    return "unreadable" if reading is Reading.INVALID else "given_up"
