"""What a service counts while it works: once a batch, never once an event, in a registry of its own.

Labels are names that the code knows (types, topics, timers); no id, key or text that somebody sent.
"""

import re
import time
from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram

from shared.errors import Problem
from shared.events.base import NAMESPACE
from shared.messaging.failures import Rerun, is_transient
from shared.telemetry.ages import Ages

if TYPE_CHECKING:
    from shared.messaging.runner import Door
    from shared.messaging.tx import Told, Tx

OUTCOMES = (
    *("applied", "dropped", "gap", "failed", "waiting", "regression"),
    *("unplaceable", "unreadable", "given_up"),
)
SIZES = (1, 3, 10, 30, 100, 300, 1000, 2000)
SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
NAME = re.compile(rf"{re.escape(NAMESPACE)}\.[a-z]{{1,40}}\.[A-Za-z]{{1,60}}\.v\d{{1,3}}")
MOST_NAMES = 30
"""Types that we do not know are named by their sender: so many get a label of their own, the rest is `other`."""


class Metrics:
    """The counters of one service. Each method takes a batch's worth at once, after its COMMIT."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.batches = self._counter("batches", "Transactions by door, and how they ended", "door", "outcome")
        self.sizes = self._histogram("batch_items", "Items of a committed batch", SIZES, "door")
        self.durations = self._histogram(
            "batch_seconds", "Seconds of a committed batch, locks included", SECONDS, "door"
        )
        self.messages = self._counter("messages", "Records settled, and what became of them", "topic", "outcome")
        self.applied = self._counter("events_applied", "Events that took effect; `other`: of no listener", "type")
        self.unknown = self._counter("unknown_types", "Events of a type that this release does not know", "type")
        self.told = self._counter("events_told", "Events told", "type")
        self.fired = self._counter("timers_fired", "Timers that fired", "timer")
        self.calls = self._counter("calls", "Calls to the outside, and how they ended", "kind", "outcome")
        self.commands = self._counter("commands", "Commands by how they were answered", "command", "outcome")
        self.http = self._histogram(
            "http_request_seconds",
            "Seconds of a request, by its route's template",
            SECONDS,
            "method",
            "route",
            "status",
        )
        self.loop_delay = self._histogram("loop_delay_seconds", "How late the event loop wakes a sleeper", SECONDS)
        self.hop = Ages("salor_event_age_seconds", "From an event's time until it took effect here", "topic")
        self.flow = Ages("salor_flow_age_seconds", "From the start of a flow until this was told", "type")
        for ages in (self.hop, self.flow):
            self.registry.register(ages)
        self._names: set[str] = set()

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(f"salor_{name}", documentation, labels, registry=self.registry)

    def _histogram(self, name: str, documentation: str, buckets: Iterable[float], *labels: str) -> Histogram:
        return Histogram(f"salor_{name}", documentation, labels, buckets=tuple(buckets), registry=self.registry)

    def expect(self, topics: Iterable[str]) -> None:
        """Show each outcome of these topics from the start, as 0: else the first one would be no increase."""
        for topic in topics:
            for outcome in OUTCOMES:
                self.messages.labels(topic, outcome)

    def committed(self, door: "Door", tx: "Tx", seconds: float) -> None:
        """A batch that was committed."""
        self.batches.labels(door.name, "committed").inc()
        self.sizes.labels(door.name).observe(door.size)
        self.durations.labels(door.name).observe(seconds)
        if tx.told:
            self._count_told(tx.told)

    def failed(self, door: "Door", error: Exception) -> None:
        """A batch of which nothing is left: to be run again, waited out, halved, or tried again alone."""
        if isinstance(error, Rerun):
            outcome = "rerun"
        elif is_transient(error):
            outcome = "waited"
        else:
            outcome = "halved" if door.size > 1 else "failed"
        self.batches.labels(door.name, outcome).inc()

    def _count_told(self, told: Iterable["Told"]) -> None:
        started: dict[str, list[float]] = {}
        for one in told:
            started.setdefault(one.event.type, []).append(flow_start(one.correlation_id))
        for kind, starts in started.items():
            self.told.labels(kind).inc(len(starts))
        now = time.time()
        for kind, starts in started.items():
            self.flow.observe(kind, [now - start for start in starts if start])

    def settled(self, outcomes: "Tally[tuple[str, str]]") -> None:
        """What became of a batch of messages: how many, by topic and outcome."""
        for (topic, outcome), count in outcomes.items():
            self.messages.labels(topic, outcome).inc(count)

    def pass_over(self, kind: str, count: int) -> None:
        """Events of a type that this release does not know."""
        self.unknown.labels(self._bounded(kind)).inc(count)

    def _bounded(self, name: str) -> str:
        if name not in self._names and (len(self._names) >= MOST_NAMES or not NAME.fullmatch(name)):
            return "other"
        self._names.add(name)
        return name

    def count_fired(self, timers: Iterable[str]) -> None:
        """Timers that fired, by name."""
        for name, count in Tally(timers).items():
            self.fired.labels(name).inc(count)

    def called(self, kind: str, outcomes: Iterable[str]) -> None:
        """Calls to the outside of one kind, and how each ended."""
        for outcome, count in Tally(outcomes).items():
            self.calls.labels(kind, outcome).inc(count)

    @contextmanager
    def command(self, name: str) -> Iterator[None]:
        """Count how a command was answered."""
        outcome = "answered"
        try:
            yield
        except Problem as problem:
            outcome = "refused" if problem.status < 500 else "unavailable" if problem.status == 503 else "failed"
            raise
        finally:
            self.commands.labels(name, outcome).inc()


def flow_start(correlation_id: str) -> float:
    """When a flow began (seconds since 1970), as the id that names it carries it (UUIDv7 or v8); else 0."""
    if len(correlation_id) == 36 and correlation_id[14] in "78":
        try:
            return int(correlation_id[:8] + correlation_id[9:13], 16) / 1000
        except ValueError:
            return 0.0
    return 0.0
