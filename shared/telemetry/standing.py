"""How a process stands at the moment of a scrape: its consumer, relay, queue, pool. Read, never pushed."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiokafka.errors import KafkaError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from shared.messaging.relay import State

if TYPE_CHECKING:
    from shared.service import App

DEADLINE_SECONDS = 1.0


class Standing:
    """The collector of an app's parts. A part that this process does not run has no samples."""

    def __init__(self, app: "App") -> None:
        self.app = app
        self.lags: dict[str, tuple[int, float]] = {}

    async def read(self) -> None:
        """Ask the broker how far its topics go. While it is away the lag is not known, and left out."""
        self.lags = {}
        if self.app.consumer is None:
            return
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                self.lags = await self.app.consumer.lags()
        except (KafkaError, OSError, TimeoutError):
            return

    def collect(self) -> Iterator[Metric]:
        """All parts."""
        yield from self._consumer()
        yield from self._relay()
        yield self._dependencies()
        app = self.app
        queued = app.requests.queue.qsize() + app.strangers.queue.qsize()
        yield GaugeMetricFamily("salor_commands_queued", "Commands waiting for a batch", queued)
        pool = GaugeMetricFamily("salor_pool_connections", "Connections to the database", labels=["state"])
        idle, size = app.pool.get_idle_size(), app.pool.get_size()
        for state, count in (("idle", idle), ("used", size - idle), ("most", app.pool.get_max_size())):
            pool.add_metric([state], count)
        yield pool

    def _consumer(self) -> Iterator[Metric]:
        records = GaugeMetricFamily("salor_consumer_lag_records", "Records not settled yet", labels=["topic"])
        seconds = GaugeMetricFamily(
            "salor_consumer_lag_seconds", "Age of the oldest record not settled", labels=["topic"]
        )
        for topic, (count, age) in self.lags.items():
            records.add_metric([topic], count)
            seconds.add_metric([topic], age)
        breaker = GaugeMetricFamily("salor_breaker_open", "1: the handler of this type is at fault", labels=["type"])
        for kind in self.app.inbox.breaker.open:
            breaker.add_metric([kind], 1)
        limit = GaugeMetricFamily("salor_waiting_limit_seconds", "A message that waits for longer is overdue")
        limit.add_metric([], self.app.settings.waiting_hours * 3600)
        yield from (records, seconds, breaker, limit)

    def _dependencies(self) -> Metric:
        away = GaugeMetricFamily(
            "salor_dependency_away_seconds", "Without a good answer for so long; 0: well", labels=["dependency"]
        )
        for name, seconds in self.app.dependencies.seconds().items():
            away.add_metric([name], seconds)
        return away

    def _relay(self) -> Iterator[Metric]:
        sent = CounterMetricFamily("salor_relay_sent", "Records acknowledged by all replicas")
        errors = CounterMetricFamily("salor_relay_errors", "Starts from the saved cursor, by error", labels=["error"])
        states = GaugeMetricFamily("salor_relay_state", "1 for what the relay of this process does", labels=["state"])
        relay = self.app.relay
        if relay is not None:
            sent.add_metric([], relay.sent)
            for error, count in relay.errors.items():
                errors.add_metric([error], count)
            for state in State:
                states.add_metric([state], float(relay.state is state))
        yield from (sent, errors, states)
