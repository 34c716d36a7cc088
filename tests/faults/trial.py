"""One row under way: the fleet, the load, chance, and what the fault tells of itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import asyncpg

from deploy.local.trouble import say
from shared.events.directory import EmployeeRecorded
from tests.faults.audit import BadInput, Contradiction
from tests.faults.clients import Load
from tests.faults.fleet import Fleet
from tests.faults.operator import salor
from tests.until import until

DONE = "SELECT count(*) FROM delivery WHERE what = 'received' AND channel = 'inbox'"
DURABLE = """SELECT concat_ws(' ', sum(next_offset), (SELECT until || last_id FROM relay)) FROM position"""
PROGRESS_SECONDS = 3.0
PATIENCE_SECONDS = 60.0
"""How long a row waits for what must come, on a machine that has other work too. Limits are asserted apart."""


@dataclass(slots=True)
class Trial:
    """What a fault acts with.

    `injected`: how many faults were given; `hit`: the work in flight at them; `gaps`: seconds from each to the first
    progress. `found`: what contradicts the promise and can be seen in the middle of a fault only; `wrong`: what else.
    """

    fleet: Fleet
    load: Load
    chance: Random
    officers: Sequence[EmployeeRecorded]
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    done_before: int = 0
    injected: int = 0
    hit: list[int] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    found: list[Contradiction] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    bad: list[BadInput] = field(default_factory=list)
    inverted: set[tuple[str, str]] = field(default_factory=set)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _connections: dict[str, asyncpg.Connection[asyncpg.Record]] = field(default_factory=dict)

    async def value(self, service: str, sql: str, *arguments: object) -> Any:
        """One value of a service's database ("postgres": of the server, as its administrator)."""
        async with self._looking, asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    return await (await self.connection(service)).fetchval(sql, *arguments)
                except (
                    OSError,
                    asyncpg.PostgresConnectionError,
                    asyncpg.OperatorInterventionError,
                    asyncpg.InterfaceError,
                ):
                    self._connections.pop(service, None)  # a fault of the database: it comes back
                await asyncio.sleep(0.05)

    async def connection(self, service: str) -> asyncpg.Connection[asyncpg.Record]:
        """A connection for looking, made anew after a restart of the database."""
        known = self._connections.get(service)
        if known is None or known.is_closed():
            url = self.fleet.stack.postgres_url(None if service == "postgres" else service)
            self._connections[service] = known = await asyncpg.connect(url, timeout=5)
        return known

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.close()

    async def submitted(self, count: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Until so many submissions have begun; the load begins with the first such wait."""
        self.ready.set()
        await until(lambda: len(self.load.submissions) >= count, seconds)

    async def done(self) -> int:
        """How many of this row's complaints have come to the end of the chain."""
        return int(await self.value("notifications", DONE)) - self.done_before

    async def strike(self, what: str) -> None:
        """Say that a fault happens now: in a moment with work in flight, which is counted."""
        found = 0

        async def busy() -> bool:
            nonlocal found
            found = await self.in_flight()
            return found > 0

        await until(busy, PATIENCE_SECONDS)
        self.hit.append(found)
        self.injected += 1
        say(f"  {what} ({found} in flight)")

    async def in_flight(self) -> int:
        """What has begun and is not at the end of the chain."""
        return sum(not submission.wrong for submission in self.load.submissions) - await self.done()

    async def recovered(self, service: str, before: str, since: float, limit: float = PROGRESS_SECONDS) -> None:
        """Until a service's database shows progress after `before`; the time is noted, and wrong above the limit.

        What its process waited for a core is not counted: on two cores the load, the servers and all else share them.
        """
        worked, before_it = self.fleet.waited(service)

        async def moved() -> bool:
            return await self.durable(service) != before

        await until(moved, PATIENCE_SECONDS)
        works, waited = self.fleet.waited(service)
        waited -= before_it if works == worked else 0.0
        self.progressed(service, time.monotonic() - since, waited, limit)

    def progressed(self, service: str, seconds: float, waited: float, limit: float = PROGRESS_SECONDS) -> None:
        """Note how long the first progress took, of which so long without a core."""
        took = max(0.0, seconds - waited)
        self.gaps.append(took)
        say(f"  {service}: first progress after {took:.1f} s (and {waited:.1f} s without a core)")
        if took > limit:
            self.wrong.append(f"{service}: first progress {took:.1f} s after the fault, above {limit:.0f} s")

    async def durable(self, service: str) -> str:
        """A mark that moves whenever a service has settled records or published events."""
        return str(await self.value(service, DURABLE))

    async def operator(self, *arguments: str) -> None:
        """`salor`, which must do what it is told."""
        code, said = await salor(self.fleet.stack, *arguments)
        self.expect(code == 0, f"salor {' '.join(arguments)}: {said}")

    def expect_answers(self) -> None:
        """Every 5xx was a 503 that says when to come again."""
        self.wrong += self.load.unheard_of

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note what is wrong, and go on: the audit says more."""
        if not holds:
            self.wrong.append(otherwise)
