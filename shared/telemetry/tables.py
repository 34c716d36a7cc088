"""What a scrape reads from tables: few queries on indexes, over one connection, under a deadline."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import asyncpg
from prometheus_client.core import GaugeMetricFamily

from shared.db import Connection, Pool
from shared.messaging.outbox import VISIBLE

DEADLINE_SECONDS = 2.0
FRESH_SECONDS = 1.0
"""Scrapes that come faster get the same numbers, so that nobody can load the database by asking."""

INDEXES_ONLY = "SET LOCAL enable_seqscan = off"
"""Without it the planner reads the whole outbox, since it can't know how little lies behind the cursor."""

PARKED = """SELECT stream, reason, count(*) AS parked,
    extract(epoch FROM clock_timestamp() - min(since)) AS parked_oldest_seconds
FROM parked GROUP BY stream, reason"""
DEAD_LETTERS = "SELECT topic, count(*) AS dead_letters FROM dead_letter GROUP BY topic"
CURSOR = "(SELECT {0} FROM relay WHERE name = 'outbox')"
SINCE, UNTIL, LAST_ID = (CURSOR.format(column) for column in ("since", "until", "last_id"))
# Behind the cursor: what its window has left, and what the window does not see; 20,000 stands for as many or more.
# OFFSET 0: the planner may not search the key of a month instead.
UNSENT = f"""SELECT count(*) AS outbox_unsent,
    coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0) AS outbox_oldest_unsent_seconds
FROM (
    (SELECT at FROM (SELECT id, at FROM outbox WHERE {VISIBLE.replace("$1", SINCE).replace("$2", UNTIL)} OFFSET 0) AS w
        WHERE id > {LAST_ID} LIMIT 10000)
    UNION ALL
    (SELECT at FROM outbox WHERE xid >= pg_snapshot_xmin({UNTIL}::text::pg_snapshot)
        AND NOT pg_visible_in_snapshot(xid, {UNTIL}::text::pg_snapshot) LIMIT 10000)) AS unsent"""  # noqa: S608
RELAY = """SELECT epoch AS relay_epoch,
    greatest(extract(epoch FROM lease_until - clock_timestamp()), 0) AS relay_lease_seconds
FROM relay WHERE name = 'outbox' AND lease_until > '-infinity'"""
OVERDUE = """SELECT count(*) AS timers_overdue,
    coalesce(extract(epoch FROM clock_timestamp() - min(due)), 0) AS timers_oldest_overdue_seconds
FROM (SELECT due FROM timer WHERE failure IS NULL AND due <= clock_timestamp() ORDER BY due LIMIT 10000) AS overdue"""
FAILED_TIMERS = "SELECT name AS timer, count(*) AS timers_failed FROM timer WHERE failure IS NOT NULL GROUP BY name"


@dataclass(frozen=True, slots=True)
class Look:
    """One query. The columns of `labels` label its rows; each other column is a gauge, told here what it means."""

    sql: str
    gauges: Mapping[str, str]
    labels: Sequence[str] = ()

    def families(self, rows: Iterable[asyncpg.Record]) -> Iterator[GaugeMetricFamily]:
        """Its gauges, of these rows."""
        made = {n: GaugeMetricFamily(f"salor_{n}", text, labels=self.labels) for n, text in self.gauges.items()}
        for row in rows:
            for name, family in made.items():
                family.add_metric([row[label] for label in self.labels], float(row[name]))
        yield from made.values()


LOOKS = (
    Look(
        PARKED,
        {"parked": "Messages parked", "parked_oldest_seconds": "Age of the oldest parked message"},
        ("stream", "reason"),
    ),
    Look(DEAD_LETTERS, {"dead_letters": "Dead letters kept"}, ("topic",)),
    Look(
        UNSENT,
        {
            "outbox_unsent": "Outbox rows behind the relay's cursor, up to 20,000",
            "outbox_oldest_unsent_seconds": "Age of the oldest of them; 0 when there is none",
        },
    ),
    Look(
        RELAY,
        {"relay_epoch": "Epoch of the relay's lease", "relay_lease_seconds": "What is left of the lease; 0: nobody's"},
    ),
    Look(
        OVERDUE,
        {
            "timers_overdue": "Timers due and not fired, up to 10,000",
            "timers_oldest_overdue_seconds": "How long the oldest of them has been due",
        },
    ),
    Look(FAILED_TIMERS, {"timers_failed": "Timers parked after three failures"}, ("timer",)),
)


class Tables:
    """The collector of looks. What it could not read is left out, never told from memory; `up` says so."""

    def __init__(self, pool: Pool, looks: Sequence[Look]) -> None:
        self.pool = pool
        self.looks = looks
        self.found: dict[int, list[asyncpg.Record]] = {}
        self.up = False
        self._read_at = -FRESH_SECONDS
        self._one = asyncio.Lock()

    async def read(self) -> None:
        """Look again, unless somebody just did."""
        async with self._one:
            if time.monotonic() - self._read_at < FRESH_SECONDS:
                return
            self.found, self.up = {}, False
            try:
                async with asyncio.timeout(DEADLINE_SECONDS), self.pool.acquire() as connection:
                    await self._read(connection)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return
            self.up, self._read_at = True, time.monotonic()

    async def _read(self, connection: Connection) -> None:
        async with connection.transaction(readonly=True):
            await connection.execute(INDEXES_ONLY)
            for number, look in enumerate(self.looks):
                self.found[number] = await connection.fetch(look.sql)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What was read last."""
        yield GaugeMetricFamily("salor_database_up", "Whether this scrape could read the database", float(self.up))
        for number, look in enumerate(self.looks):
            yield from look.families(self.found.get(number, ()))
