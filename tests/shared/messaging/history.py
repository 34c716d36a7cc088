"""A random history of three kinds of topics, the logs in which it reaches us, and what an oracle makes of it."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shared.messaging.record import Record
from tests.shared.messaging.play import HISTORY, STATES, Happened, Stated, Written, happened, record

KEYS, NAMES, STATE_KEYS, LETTERS = "abcdef", ("E", "F", "G"), ("x", "y"), 8


@dataclass
class History:
    """Chains by key, states by key, letters; the labels that the handler can't bear, and those that can't be read."""

    chains: dict[str, list[Happened]] = field(default_factory=dict)
    states: dict[str, list[Stated]] = field(default_factory=dict)
    letters: list[Written] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def records(self) -> dict[str, list[Record]]:
        """All of it in the senders' order, by key."""
        chains = {k: [self._record(e, n) for n, e in enumerate(events, 1)] for k, events in self.chains.items()}
        states = {k: [record(e, n) for n, e in enumerate(events, 1)] for k, events in self.states.items()}
        return chains | states | {letter.label: [record(letter)] for letter in self.letters}

    def _record(self, event: Happened, sequence: int) -> Record:
        value = b"{" if event.label in self.broken else None
        return happened(event.label, value=value, **event.model_dump(exclude={"subject", "label"}))


def make(choose: random.Random, *, trouble: bool = True) -> History:
    """A history; without `trouble` nothing of it is ever parked when it comes in order."""
    history = History()
    for key in KEYS:
        count = choose.randrange(3, 8)
        history.chains[key] = [_event(choose, key, n, trouble) for n in range(1, count + 1)]
    for key in STATE_KEYS:
        history.states[key] = [Stated(subject=key, label=f"{key}{n}") for n in range(1, choose.randrange(2, 6))]
    for n in range(LETTERS):
        names = tuple(choose.sample(NAMES, choose.randrange(2)))
        history.letters.append(Written(subject=f"w{n}", label=f"w{n}", names=names, tells=("letters",)))
    if trouble:
        labels = [event.label for events in history.chains.values() for event in events]
        history.poison = {label for label in labels if choose.random() < 0.06} | {"w1"} | {f"x{choose.randrange(1, 4)}"}
        history.broken = {label for label in labels if choose.random() < 0.03}
    return history


def _event(choose: random.Random, key: str, n: int, trouble: bool) -> Happened:
    return Happened(
        subject=key,
        label=f"{key}{n}",
        names=tuple(choose.sample(NAMES, choose.randrange(3))),
        needs=choose.choice(KEYS) if trouble and choose.random() < 0.15 else "",
        is_fact=choose.random() < 0.3,
        tells=(f"of {key}", "of all") if choose.random() < 0.5 else (f"of {key}",),
    )


def logs(choose: random.Random, history: History) -> list[list[Record]]:
    """Two logs of chains, one of states, one of letters; with duplicates, inversions, and losses that come last."""
    placed: list[list[Record]] = [[], [], [], []]
    for key, records in history.records().items():
        log = placed[2 if key in STATE_KEYS else 3 if key.startswith("w") else choose.randrange(2)]
        places = sorted(choose.randrange(len(log) + 1) for _ in records)
        for place, each in reversed(list(zip(places, records, strict=True))):
            log.insert(place, each)
    return [_number(_disturb(choose, log), partition) for partition, log in enumerate(placed) if log]


def _disturb(choose: random.Random, log: list[Record]) -> list[Record]:
    lost = [each for each in log if choose.random() < 0.1]
    kept = [each for each in log if each not in lost]
    doubled = [each for each in kept for _ in range(1 + (choose.random() < 0.15))]
    for _ in range(len(doubled) // 6):
        here = choose.randrange(len(doubled))
        there = max(0, here - choose.randrange(4))
        doubled[here], doubled[there] = doubled[there], doubled[here]
    return doubled + lost


def _number(log: list[Record], partition: int) -> list[Record]:
    return [replace(each, partition=partition, offset=offset) for offset, each in enumerate(log)]


@dataclass
class Oracle:
    """One reader, one event at a time, without a database: what the tables must hold once everything has come."""

    history: History
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    trails: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    parked: list[tuple[str, int, str]] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)
    dead: list[str] = field(default_factory=list)

    def run(self) -> Oracle:
        """Read until no key can go on, then see why."""
        heads = dict.fromkeys(self.history.chains, 0)
        while any(self._advance(key, heads) for key in heads):
            continue
        for key, events in self.history.chains.items():
            self.seen[HISTORY.name, key] = heads[key]
            self.parked += [
                (key, n, self._why(event) if n == heads[key] + 1 else "gap")
                for n, event in enumerate(events, 1)
                if n > heads[key]
            ]
        self._read_states()
        self._read_letters()
        self.parked.sort()
        return self

    def _advance(self, key: str, heads: dict[str, int]) -> bool:
        if heads[key] == len(self.history.chains[key]) or self._why(self.history.chains[key][heads[key]]):
            return False
        self._apply(self.history.chains[key][heads[key]])
        heads[key] += 1
        return True

    def _why(self, event: Happened) -> str:
        if event.label in self.history.poison | self.history.broken:
            return "failed"
        return "waiting" if event.needs and event.needs not in self.facts else ""

    def _apply(self, event: Any) -> None:
        for name in (f"{event.topic.name} {event.subject}", *event.names):
            self.trails[name].append(event.label)
        self.told.update((subject, event.label) for subject in event.tells)
        if event.is_fact:
            self.facts.add(event.subject)

    def _read_states(self) -> None:
        for key, events in self.history.states.items():
            good = [n for n, event in enumerate(events, 1) if event.label not in self.history.poison]
            self.seen[STATES.name, key] = max(good, default=0)
            self.parked += [(key, n, "failed") for n in range(max(good, default=0) + 1, len(events) + 1)]

    def _read_letters(self) -> None:
        for letter in self.history.letters:
            if letter.label in self.history.poison:
                self.dead.append(letter.label)
            else:
                self._apply(letter)


def per_key(labels: Sequence[str]) -> dict[str, list[str]]:
    """The labels of a name by key: of these the order is certain."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for label in labels:
        found[label if label.startswith("w") else label[0]].append(label)
    return dict(found)
