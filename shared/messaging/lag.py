"""How far behind a consumer is, by topic: in records, and in seconds of the oldest record not settled."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokafka import TopicPartition


@dataclass(slots=True)
class Lag:
    """Behind what the broker has. Where no batch runs, the age is at most that: since this was last level."""

    begun: dict[TopicPartition, float] = field(default_factory=dict)
    """The time (seconds since 1970) of the first record of a batch that is not settled yet."""
    level: dict[TopicPartition, float] = field(default_factory=dict)
    """The latest moment of which all is settled."""

    def begin(self, at: TopicPartition, timestamp: int) -> None:
        """A batch of a partition is taken up; `timestamp` (ms) is that of its first record."""
        self.begun[at] = timestamp / 1000

    def end(self, at: TopicPartition, timestamp: int) -> None:
        """It is settled, up to the record of this timestamp (ms)."""
        self.begun.pop(at, None)
        self.level[at] = timestamp / 1000

    def read(
        self, positions: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
    ) -> dict[str, tuple[int, float]]:
        """(records, seconds) behind, by topic as Kafka names it; `ends` is what the broker has now."""
        now, behind = time.time(), dict[str, tuple[int, float]]()
        self.begun = {at: begun for at, begun in self.begun.items() if at in positions}
        self.level = {at: level for at, level in self.level.items() if at in positions}
        for at, position in positions.items():
            records = max(ends.get(at, position) - position, 0)
            if not records:
                self.level[at] = now
            oldest = self.begun.get(at, self.level.setdefault(at, now))
            before = behind.get(at.topic, (0, 0.0))
            behind[at.topic] = (before[0] + records, max(before[1], now - oldest if records else 0.0))
        return behind
