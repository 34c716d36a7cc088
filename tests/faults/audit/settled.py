"""I7, conservation: each record was applied, is parked, or is a dead letter; each bad input where it belongs, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shared.events import TOPICS, Kind
from tests.faults.audit.evidence import ALL, BadInput, Contradiction, Evidence, Sort
from tests.faults.audit.topics import Told

DEAD = "SELECT topic, partition, record_offset, reason FROM dead_letter"
PARKED = "SELECT topic, partition, record_offset, stream, key, sequence, event_id, reason FROM parked"


async def settled(evidence: Evidence) -> list[Contradiction]:
    """What a service that listens has neither applied nor kept, or has kept though nothing was wrong with it."""
    wrong = [found for name in ALL for found in await _Listener(evidence, name).look()]
    refused = Counter(str(receipt["submission"]) for receipt in evidence.topics.receipts if "problems" in receipt)
    unanswered = [bad for bad in evidence.bad if bad.answered and not refused[bad.answered]]
    return wrong + [_i7(Sort.WRONG, f"bad input {bad.place} was not answered", bad.answered) for bad in unanswered]


def _i7(sort: Sort, says: str, about: str = "") -> Contradiction:
    return Contradiction("I7", sort, says, about)


class _Listener:
    """One service's books."""

    def __init__(self, evidence: Evidence, name: str) -> None:
        self.evidence, self.name = evidence, name
        self.heard = {topic.name for topic in ALL[name].listens.topics}

    async def look(self) -> list[Contradiction]:
        """Read the books, then hold each record against them."""
        at = self.evidence.at[self.name]
        self.seen = {(r["stream"], r["key"]): r["sequence"] for r in await at.fetch("SELECT * FROM seen")}
        self.strangers = {(r["source"], r["id"]) for r in await at.fetch("SELECT source, id FROM stranger")}
        self.dead = {(r["topic"], r["partition"], r["record_offset"]): r["reason"] for r in await at.fetch(DEAD)}
        parked = await at.fetch(PARKED)
        self.parked = {(r["stream"], r["key"], r["sequence"], r["event_id"]): r["reason"] for r in parked}
        self.parked_at = {(r["topic"], r["partition"], r["record_offset"]): r for r in parked}
        return [*self._bad(), *self._good()]

    def _bad(self) -> Iterator[Contradiction]:
        for bad in self.evidence.bad:
            if bad.topic in self.heard and (fault := self._misplaced(bad)):
                yield _i7(Sort.WRONG, f"{self.name}: bad input {bad.place} ({bad.reason}) {fault}", bad.key)

    def _misplaced(self, bad: BadInput) -> str:
        dead, parked = self.dead.get(bad.place), self.parked_at.get(bad.place)
        if not bad.key:
            return "" if dead and bad.reason in dead else f"should be a dead letter, and is {dead or 'none'}"
        if self.seen.get((bad.topic, bad.key), 0):
            return "" if parked is None else "was discarded, and is parked still"
        if parked is None or parked["reason"] != "failed":
            return f"should be parked under {bad.key}, and is {parked and parked['reason']}"
        return "" if dead is None else "is both parked and a dead letter"

    def _good(self) -> Iterator[Contradiction]:
        bad = {one.place for one in self.evidence.bad}
        innocent = (self.dead.keys() | self.parked_at.keys()) - bad
        for topic, partition, offset in sorted(innocent):
            says = f"{self.name}: {topic} {partition} {offset} was set aside, and nothing is wrong with it"
            yield _i7(Sort.WRONG, says)
        for topic in sorted(self.heard):
            for told in self.evidence.topics.told[topic]:
                if (topic, told.partition, told.offset) not in bad and not self._applied(topic, told):
                    says = f"{self.name}: {told.id} ({topic} {told.key} {told.sequence}) was neither applied nor kept"
                    yield _i7(Sort.LOST, says, told.key or told.id)

    def _applied(self, topic: str, told: Told) -> bool:
        if TOPICS[topic].kind is Kind.STRANGER:
            return (told.source, told.id) in self.strangers
        return bool(told.sequence <= self.seen.get((topic, told.key), 0))
