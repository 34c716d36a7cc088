"""I5 and I9: every committed event is on its topic, in the order of its key, and nothing else is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from shared.events import TOPICS, Kind
from tests.faults.audit.evidence import ALL, Contradiction, Evidence, Sort
from tests.faults.audit.topics import Told

OURS = {event.topic.name for service in ALL.values() for event in service.tells}
COMMITTED = "SELECT topic, event_id FROM outbox UNION SELECT stream, event_id FROM lost"
"""What a restore took away was committed too."""
Place = tuple[str, str]


async def published(evidence: Evidence) -> list[Contradiction]:
    """I9: every committed outbox row is in its topic, and nothing else is."""
    committed: dict[str, set[str]] = {topic: set() for topic in OURS}
    for connection in evidence.at.values():
        for row in await connection.fetch(COMMITTED):
            committed[row["topic"]].add(str(row["event_id"]))
    wrong = []
    for topic in sorted(OURS):
        sent = {told.id for told in _good(evidence, topic)}
        lost, phantoms = committed[topic] - sent, sent - committed[topic]
        if count := len(lost):
            says = f"{count} events of {topic} were never sent"
            wrong.append(Contradiction("I9", Sort.LOST, says, min(lost), count))
        if count := len(phantoms):
            says = f"{count} phantom events on {topic}"
            wrong.append(Contradiction("I9", Sort.WRONG, says, min(phantoms), count))
    return wrong


async def in_order(evidence: Evidence) -> list[Contradiction]:
    """I5: on each topic each key counts 1, 2, 3 (repeats apart) up to its sender's `stream`, and so do consumers."""
    told = await _streams(evidence)
    wrong = [found for topic in sorted(OURS) for found in _topic(evidence, topic, told)]
    for consumer, service in ALL.items():
        heard = {topic.name for topic in service.listens.topics} & OURS
        rows = await evidence.at[consumer].fetch("SELECT stream, key, sequence FROM seen WHERE sequence > 0")
        seen = {(r["stream"], r["key"]): r["sequence"] for r in rows if r["stream"] in heard}
        wanted = {place: sequence for place, sequence in told.items() if place[0] in heard}
        for at, last in wanted.items():
            if (saw := seen.get(at, 0)) != last:
                says = f"{consumer} saw {saw} of {last} events of {at[0]} {at[1]}"
                wrong.append(_i5(Sort.LOST if saw < last else Sort.WRONG, says, at[1]))
        odd = seen.keys() - wanted.keys() - {(bad.topic, bad.key) for bad in evidence.bad}
        wrong += [_i5(Sort.WRONG, f"{consumer} saw {at[0]} {at[1]}, which nobody told", at[1]) for at in odd]
    return wrong


def _i5(sort: Sort, says: str, about: str) -> Contradiction:
    return Contradiction("I5", sort, says, about)


async def _streams(evidence: Evidence) -> dict[Place, int]:
    told: dict[Place, int] = {}
    for connection in evidence.at.values():
        rows = await connection.fetch("SELECT stream, key, sequence FROM stream")
        told |= {(r["stream"], r["key"]): r["sequence"] for r in rows}
    return told


def _topic(evidence: Evidence, topic: str, told: dict[Place, int]) -> Iterator[Contradiction]:
    by_key: dict[str, list[Told]] = defaultdict(list)
    for record in sorted(_good(evidence, topic), key=lambda one: (one.partition, one.offset)):
        by_key[record.key].append(record)
    for key, records in by_key.items():
        fault = _fault(records, told.get((topic, key), 0), (topic, key) in evidence.inverted)
        if fault and TOPICS[topic].kind is Kind.CHAIN:
            sort, says = fault
            yield _i5(sort, f"{topic} {key}: {says}", key)


def _fault(records: Sequence[Told], last: int, inverted: bool) -> tuple[Sort, str] | None:
    """What is wrong with one key's records, in the order of the topic."""
    ids: dict[int, str] = {}
    for record in records:
        if ids.setdefault(record.sequence, record.id) != record.id:
            return Sort.DOUBLED, f"two events have the sequence {record.sequence}"
        if record.sequence > 1 and record.sequence - 1 not in ids and not inverted:
            return Sort.INVERTED, f"{record.sequence} came before {record.sequence - 1}"
    if sorted(ids) != list(range(1, last + 1)):
        return Sort.LOST, f"its sender told {last} events, the topic has {sorted(ids)}"
    spread = sorted({record.partition for record in records})
    return (Sort.INVERTED, f"it lies on partitions {spread}") if len(spread) > 1 else None


def _good(evidence: Evidence, topic: str) -> list[Told]:
    bad = {one.place for one in evidence.bad}
    return [told for told in evidence.topics.told[topic] if (topic, told.partition, told.offset) not in bad]
