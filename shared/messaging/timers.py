"""Timers are rows: what is due is leased oldest first, looked at again under its locks, and fires once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

import structlog

from shared.clock import WorkingDays
from shared.db import Connection
from shared.messaging.failures import TRIES, heed_cancellation, patiently, settle
from shared.messaging.runner import Runner, lock
from shared.messaging.tx import Cause, Name, Tx
from shared.messaging.waves import Work

log = structlog.get_logger()

SCHEDULE = """INSERT INTO timer (name, subject, due) SELECT $1, t.subject, t.due
FROM unnest($2::text[], $3::timestamptz[]) AS t(subject, due)
ON CONFLICT (name, subject) DO UPDATE SET due = excluded.due, lease_until = '-infinity', attempts = 0, failure = NULL"""
UNSCHEDULE = "DELETE FROM timer WHERE name = $1 AND subject = ANY($2::text[])"
SEED = "INSERT INTO timer (name, subject, due) VALUES ($1, '', $2) ON CONFLICT DO NOTHING"
LEASE = """UPDATE timer SET lease_until = $2 + make_interval(secs => $3), attempts = attempts + 1
WHERE (name, subject) IN (
    SELECT name, subject FROM timer WHERE failure IS NULL AND due <= $2 AND lease_until < $2 AND name = ANY($4::text[])
    ORDER BY due, name, subject LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING name, subject, due"""
CLOCK = "SELECT clock_timestamp()"
FIRE = """DELETE FROM timer t USING (
    SELECT name, subject FROM timer JOIN unnest($1::text[], $2::text[]) AS d(name, subject) USING (name, subject)
    WHERE due <= $3 AND failure IS NULL ORDER BY name, subject FOR UPDATE OF timer) AS mine
WHERE t.name = mine.name AND t.subject = mine.subject RETURNING t.name, t.subject, t.due"""
FAIL = "UPDATE timer SET failure = $3, attempts = $4 WHERE name = $1 AND subject = $2 AND due = $5"

LOT = 500
LOOK_SECONDS = 0.25

Handler = Callable[[Tx, Sequence[Cause[str]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timer:
    """What happens when a timer of one name is due. `daily` repeats it at a local time."""

    handler: Handler
    locks: Callable[[str], Iterable[Name]]
    daily: time | None = None


@dataclass(slots=True)
class Timers:
    """The registry that a service's `timers.py` fills."""

    by_name: dict[str, Timer] = field(default_factory=dict)

    def at(
        self, name: str, *, locks: Callable[[str], Iterable[Name]] | None = None, daily: str | None = None
    ) -> Callable[[Handler], Handler]:
        """Register the handler of a timer; `daily="02:00"` keeps one that fires each day at that local time."""

        def register(handler: Handler) -> Handler:
            lock = locks or (lambda subject: [(name, subject)])
            self.by_name[name] = Timer(handler, lock, time.fromisoformat(daily) if daily else None)
            return handler

        return register


async def schedule(tx: Tx, name: str, dues: Iterable[tuple[str, datetime]]) -> None:
    """Set timers: (subject, when). One that exists moves."""
    rows = sorted(dict(dues).items())
    await tx.execute(SCHEDULE, name, [subject for subject, _ in rows], [due for _, due in rows])


async def unschedule(tx: Tx, name: str, subjects: Iterable[str]) -> None:
    """Take timers back; those that do not exist are none."""
    await tx.execute(UNSCHEDULE, name, sorted(subjects))


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A leased timer."""

    due: datetime
    name: str
    subject: str


class Clockwork:
    """Fires what is due. Any number of replicas do so side by side."""

    def __init__(self, runner: Runner, timers: Timers) -> None:
        self.runner = runner
        self.timers = timers

    async def run(self) -> None:
        """Seed the daily ones, then look for what is due, for ever: whatever goes wrong, the next look is not far."""
        await patiently(self._seed)
        while True:
            try:
                await patiently(self._fire_all)
            except Exception as error:
                heed_cancellation(error)
                log.warning("timers_not_fired", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _seed(self) -> None:
        now = datetime.now(UTC)
        for name, timer in self.timers.by_name.items():
            if timer.daily is not None:
                await self.runner.pool.execute(SEED, name, self._next(timer.daily, now))

    async def repeat(self, connection: Connection, name: str, now: datetime) -> None:
        """Set a daily timer for its next time; nothing where it is none."""
        timer = self.timers.by_name.get(name)
        if timer is not None and timer.daily is not None:
            await connection.execute(SEED, name, self._next(timer.daily, now))

    def _next(self, at: time, now: datetime) -> datetime:
        calendar = WorkingDays(self.runner.settings.zone)
        today = datetime.combine(calendar.local_day(now), at, calendar.zone)
        return today if today > now else datetime.combine(calendar.end_of(today.date()).date(), at, calendar.zone)

    async def _fire_all(self) -> None:
        while await self.fire():
            continue

    async def fire(self, now: datetime | None = None) -> int:
        """Lease one lot of what is due (at `now`, else by the database's clock) and settle it. Gives its size."""
        pool, names = self.runner.pool, list(self.timers.by_name)
        now = now or await pool.fetchval(CLOCK)
        rows = await pool.fetch(LEASE, LOT, now, self.runner.settings.lease_seconds, names)
        dues = sorted(Due(row["due"], row["name"], row["subject"]) for row in rows)
        if dues:
            await settle(dues, lambda lot: self._run(lot, now), self._give_up)
        return len(dues)

    async def _run(self, dues: Sequence[Due], now: datetime) -> None:
        batch = _Batch(self, dues, now)
        await self.runner.run(batch)
        self.runner.metrics.count_fired(batch.fired)

    async def _give_up(self, due: Due, error: Exception) -> None:
        """Park it, unless it was moved meanwhile: then it is another appointment."""
        log.warning("timer_parked", timer=due.name, exc_info=error)
        await self.runner.pool.execute(FAIL, due.name, due.subject, type(error).__name__, TRIES, due.due)


class _Batch:
    name = "timers"

    def __init__(self, clockwork: Clockwork, dues: Sequence[Due], now: datetime) -> None:
        self.clockwork = clockwork
        self.dues = dues
        self.now = now
        self.fired: list[str] = []

    @property
    def size(self) -> int:
        """How many leased timers."""
        return len(self.dues)

    async def open(self, connection: Connection) -> tuple[datetime, Sequence[Work]]:
        """Lock the names, then take the rows that are still due: deleting them is the look and the firing in one."""
        by_name = self.clockwork.timers.by_name
        names = {due: tuple(by_name[due.name].locks(due.subject)) for due in self.dues}
        now = max(await lock(connection, (n for each in names.values() for n in each)), self.now)
        rows = await connection.fetch(FIRE, [d.name for d in self.dues], [d.subject for d in self.dues], now)
        self.fired = [row["name"] for row in rows]
        still = {(row["name"], row["subject"]): row["due"] for row in rows}
        for row in rows:
            await self.clockwork.repeat(connection, row["name"], now)
        works = [
            self._work(order, due, still[due.name, due.subject], names[due])
            for order, due in enumerate(self.dues)
            if (due.name, due.subject) in still
        ]
        return now, works

    def _work(self, order: int, due: Due, at: datetime, names: tuple[Name, ...]) -> Work:
        seed = f"timer {due.name} {due.subject} {at.isoformat()}"
        cause: Cause[Any] = Cause(body=due.subject, id=seed, at=at, order=order, correlation_id=due.subject or due.name)
        handler = self.clockwork.timers.by_name[due.name].handler
        return Work(cause, handler, due.name, (due.name, due.subject), names)

    async def close(self, tx: Tx) -> None:
        """Nothing more: the rows went when they fired."""
