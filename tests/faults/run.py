"""Runs rows on one stack: load and fault, quiescence, audit; what it finds is an outcome, never an exception."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from random import Random

from deploy.local import district, wire
from deploy.local.trouble import Trouble, say
from shared.events.directory import EmployeeRecorded
from tests.faults import bounds, people
from tests.faults.audit import BadInput, Evidence, Topics, audit, when_quiet
from tests.faults.clients import Load, Submission
from tests.faults.fleet import Fleet
from tests.faults.history import history
from tests.faults.rows.matrix import Row
from tests.faults.trial import DONE, LEAST, Trial

QUIET_SECONDS = 120.0
FAULT_SECONDS = 180.0
SHOWN = 10


@dataclass(slots=True)
class Outcome:
    """What a row came to. `told`: what is wrong, in words, and the history of the first key that it is about."""

    row: str
    submissions: int = 0
    hit: list[int] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def in_flight(self) -> int:
        """The least that any fault of the row hit."""
        return min(self.hit, default=0)

    @property
    def recovery(self) -> str:
        """The longest time to first progress."""
        return f"{max(self.gaps):.1f} s" if self.gaps else "-"

    @property
    def is_red(self) -> bool:
        return bool(self.wrong)


class Harness:
    """The stack's history over all rows: what clients were told, what is known to be bad."""

    def __init__(self, fleet: Fleet, seed: int) -> None:
        self.fleet, self.seed = fleet, seed
        self.topics = Topics()
        self.submissions: list[Submission] = []
        self.bad: list[BadInput] = []
        self.inverted: set[tuple[str, str]] = set()
        self.officers: dict[str, list[EmployeeRecorded]] = {}

    async def prepare(self, rows: list[Row]) -> None:
        """Tell the district and each row's officers, some of whom have a bad year behind them."""
        for row in rows:
            self.officers[row.name] = people.officers(self._chance(row), row.officers, row.name)
        known = [officer for row in rows if row.known for officer in self.officers[row.name]]
        kafka = self.fleet.stack.kafka
        await district.load(kafka, [*district.read(), *known])
        chance = Random(self.seed)
        bad = [officer for row in rows for officer in self.officers[row.name][: row.bad_years]]
        async with wire.producer(kafka) as producer:
            await wire.send(producer, [letter for officer in bad for letter in people.bad_year(chance, officer)])
        async with when_quiet(self.fleet.stack):
            return

    def _chance(self, row: Row) -> Random:
        return Random(f"{self.seed} {row.name}")

    async def run(self, row: Row) -> Outcome:
        """One row, whatever happens in it."""
        began, outcome = time.monotonic(), Outcome(row.name)
        say(f"{row.name} {row.fault.__doc__}")
        officers = self.officers[row.name]
        load = Load(lambda n: row.make(officers, n), row.rate, LEAST, row.after)
        trial = Trial(self.fleet, load, self._chance(row), officers)
        async with bounds.watched(self.fleet) as most:
            outcome.wrong += await self._under_load(row, trial)
            self.submissions += load.submissions
            self.bad += trial.bad
            self.inverted |= trial.inverted
            outcome.wrong += trial.wrong
            await self._judge(outcome)
        outcome.wrong += bounds.passed(most)
        outcome.submissions, outcome.hit, outcome.gaps = len(load.submissions), trial.hit, trial.gaps
        outcome.wrong += ["no work was in flight"] if outcome.in_flight <= 0 else []
        outcome.wrong += [f"only {outcome.submissions} submissions"] if outcome.submissions < LEAST else []
        outcome.told = [*outcome.wrong[:SHOWN], *outcome.told] if outcome.wrong else []
        outcome.seconds = time.monotonic() - began
        say(f"  {outcome.submissions} submissions, {len(outcome.wrong)} contradictions, {outcome.seconds:.1f} s")
        return outcome

    async def _under_load(self, row: Row, trial: Trial) -> list[str]:
        """The load, and in it the fault; gives what went wrong with either."""
        over = asyncio.Event()
        trial.done_before = await trial.value("notifications", DONE)
        running = asyncio.create_task(self._load(trial, over))
        wrong = []
        try:
            async with asyncio.timeout(FAULT_SECONDS):
                await row.fault(trial)
        except Exception as error:
            wrong += [f"the fault could not be given: {one!r}" for one in _single(error)]
            wrong += await self._mended()
        finally:
            over.set()
            trial.ready.set()
            await trial.close()
        (ended,) = await asyncio.gather(running, return_exceptions=True)
        return wrong + ([f"the load failed: {ended!r}"] if ended else [])

    async def _mended(self) -> list[str]:
        """What can't be brought back would turn every row after this one red too."""
        try:
            await self.fleet.mend()
        except Trouble as trouble:
            return [str(trouble)]
        return []

    async def _load(self, trial: Trial, over: asyncio.Event) -> None:
        await trial.ready.wait()
        await trial.load.run(self.fleet.stack, over)

    async def _judge(self, outcome: Outcome) -> None:
        """Wait until all is quiet, then audit; of the first contradiction the history is told too."""
        kafka = self.fleet.stack.kafka
        try:
            async with when_quiet(self.fleet.stack, QUIET_SECONDS, parked=self._parked()) as at:
                evidence = Evidence(at, self.topics, self.submissions, self.bad, frozenset(self.inverted))
                found = await audit(self.fleet.stack, evidence)
                outcome.wrong += [str(one) for one in found]
                first = next((one.about for one in found if one.about), "")
                if first:
                    outcome.told = [f"seed {self.seed}, the history of {first}:"]
                    outcome.told += await history(kafka, evidence, first)
        except Exception as error:
            outcome.wrong.append(f"no audit: {type(error).__name__} {error}")

    def _parked(self) -> int:
        """Bad inputs stay parked with each service that listens to their topic."""
        return sum(len(bad.listeners) for bad in self.bad if bad.key)


def _single(error: Exception) -> list[Exception]:
    """The errors of a group of tasks, one by one."""
    return [one for each in error.exceptions for one in _single(each)] if isinstance(error, ExceptionGroup) else [error]
