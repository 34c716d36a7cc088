"""Runs rows on one stack: load and fault, quiescence, audit; what it finds is an outcome, never an exception."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from random import Random

from deploy.local import district, wire
from deploy.local.patience import patience
from deploy.local.trouble import Trouble, say
from shared.events.directory import EmployeeRecorded
from tests.faults import bounds, people
from tests.faults.audit import (
    BadInput,
    Contradiction,
    Databases,
    Evidence,
    NotQuiet,
    Sort,
    Topics,
    audit,
    databases,
    when_quiet,
)
from tests.faults.audit.effects import unknown
from tests.faults.clients import Load, Submission
from tests.faults.fleet import Fleet
from tests.faults.history import history
from tests.faults.report import Outcome
from tests.faults.rows.matrix import Row
from tests.faults.trial import DONE, Trial


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds, and longer on a machine that has other work: limits are asserted apart.

    `fault`: until it was given; `quiet`: after the load until nothing is on its way; `still`: until what is left and
    does not move any more is taken for lost.
    """

    fault: float = 180.0
    quiet: float = 120.0
    still: float = inf


PATIENT = Waits()


class Harness:
    """The stack's history over all rows: what clients were told, what is known to be bad."""

    def __init__(self, fleet: Fleet, seed: int, waits: Waits = PATIENT) -> None:
        self.fleet, self.seed, self.waits = fleet, seed, waits
        self.topics = Topics()
        self.submissions: list[Submission] = []
        self.bad: list[BadInput] = []
        self.inverted: set[tuple[str, str]] = set()
        self.unknown = 0
        self.officers: dict[str, list[EmployeeRecorded]] = {}

    async def prepare(self, rows: Sequence[Row]) -> None:
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
        if missing := row.missing():
            say(f"{row.name} not run: {missing}")
            return Outcome(row.name, missing)
        began, outcome = time.monotonic(), Outcome(row.name)
        say(f"{row.name} {row.fault.__doc__}")
        officers = self.officers[row.name]
        load = Load(lambda n: row.make(officers, n), row.rate, row.least, row.after)
        trial = Trial(self.fleet, load, self._chance(row), officers)
        async with bounds.watched(self.fleet) as most:
            outcome.wrong += await self._under_load(row, trial)
            self.submissions += load.submissions
            self.bad += trial.bad
            self.inverted |= trial.inverted
            await self._judge(outcome)
        outcome.found += [Contradiction("I10", Sort.WRONG, says) for says in bounds.passed(most)]
        outcome.found += trial.found
        outcome.wrong += trial.wrong
        outcome.submissions = len(load.submissions)
        outcome.accepted = sum(bool(submission.complaint_id) for submission in load.submissions)
        outcome.hit, outcome.injected, outcome.gaps = trial.hit, trial.injected, trial.gaps
        outcome.wrong += ["no work was in flight"] if outcome.in_flight <= 0 else []
        outcome.wrong += [f"only {outcome.submissions} submissions"] if outcome.submissions < row.least else []
        outcome.seconds = time.monotonic() - began
        contradictions = len(outcome.found) + len(outcome.wrong)
        say(f"  {outcome.submissions} submissions, {contradictions} contradictions, {outcome.seconds:.1f} s")
        return outcome

    async def _under_load(self, row: Row, trial: Trial) -> list[str]:
        """The load, and in it the fault; gives what went wrong with either."""
        over = asyncio.Event()
        trial.done_before = await trial.value("notifications", DONE)
        running = asyncio.create_task(self._load(trial, over))
        wrong = []
        try:
            async with asyncio.timeout(patience(self.waits.fault)):
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
        """Wait until all is quiet or stands still, then audit."""
        try:
            try:
                quiet, still = patience(self.waits.quiet), patience(self.waits.still)
                async with when_quiet(self.fleet.stack, quiet, self._parked(), still) as at:
                    await self._audit(outcome, at)
            except NotQuiet as error:
                outcome.found.append(Contradiction("I6", Sort.WRONG, str(error)))
                if error.stands:
                    async with databases(self.fleet.stack) as at:
                        await self._audit(outcome, at)
        except Exception as error:
            outcome.wrong.append(f"no audit: {type(error).__name__} {error}")

    async def _audit(self, outcome: Outcome, at: Databases) -> None:
        """What it says; of the first contradiction the history is told too."""
        evidence = Evidence(at, self.topics, self.submissions, self.bad, frozenset(self.inverted))
        outcome.found += await audit(self.fleet.stack, evidence)
        before, self.unknown = self.unknown, await unknown(evidence)
        outcome.unknown = self.unknown - before
        outcome.audited = True
        if first := next((one.about for one in outcome.found if one.about), ""):
            outcome.history = [f"seed {self.seed}, the history of {first}:"]
            outcome.history += await history(self.fleet.stack.kafka, evidence, first)

    def _parked(self) -> int:
        """Bad inputs stay parked with each service that listens to their topic."""
        return sum(len(bad.listeners) for bad in self.bad if bad.key)


def _single(error: Exception) -> list[Exception]:
    """The errors of a group of tasks, one by one."""
    return [one for each in error.exceptions for one in _single(each)] if isinstance(error, ExceptionGroup) else [error]
