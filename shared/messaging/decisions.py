"""What a person decides about a parked key, under the lock of `seen`: replay, discard, skip, settle, adopt.

A decision only moves rows; what it sets free is drained by the sweeper, by the same rules as everything else.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from shared.db import Connection
from shared.errors import Problem
from shared.events import TOPICS, Kind
from shared.messaging.inbox import pasts
from shared.messaging.runner import OPEN
from shared.messaging.seen import Past

FORGET_UNSEEN = "DELETE FROM seen WHERE stream = $1 AND key = $2 AND sequence = 0 AND turn = 0"
ADVANCE = "UPDATE seen SET sequence = $3, event_id = $4, turn = turn + 1 WHERE stream = $1 AND key = $2"
RELEASE = """UPDATE parked SET reason = 'gap', detail = '', fact_stream = NULL, fact_key = NULL, fact_turn = NULL
WHERE stream = $1 AND key = $2 AND sequence = ANY($3::bigint[]) AND reason IN ('failed', 'waiting')"""
FORGET = "DELETE FROM parked WHERE stream = $1 AND key = $2 AND sequence = $3 AND event_id = $4"
FORGET_LOWER = "DELETE FROM parked WHERE stream = $1 AND key = $2 AND sequence < $3"
DECIDE = "UPDATE parked SET reason = $5 WHERE stream = $1 AND key = $2 AND sequence = $3 AND event_id = ANY($4::text[])"
SETTLE_APPLIED = """INSERT INTO parked
    (stream, key, sequence, event_id, reason, detail, topic, partition, record_offset, header_names, header_values)
VALUES ($1, $2, $3, $4, 'settled', 'it had taken effect before another history was adopted', $1, -1, -1, '{}', '{}')
ON CONFLICT (stream, key, sequence, event_id) DO UPDATE SET reason = excluded.reason, detail = excluded.detail"""


class Verb(StrEnum):
    """What can be decided."""

    REPLAY = "replay"
    DISCARD = "discard"
    SKIP = "skip"
    SETTLE = "settle"
    ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verb and what it is about. Without a sequence: the next (discard, skip), or all that the verb fits.

    Settle and adopt may name one id among several of a sequence; the others take no id.
    """

    verb: Verb
    stream: str
    key: str
    sequence: int | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a decision concerned, and what the key is waiting for from then on."""

    sequences: list[int]
    next: int


async def take(connection: Connection, decision: Decision) -> Taken:
    """Take a decision, in the caller's transaction. Raises Problem where it can't be taken; then nothing changed."""
    stream, key = place = (decision.stream, decision.key)
    if stream not in TOPICS or TOPICS[stream].kind is Kind.STRANGER:
        raise Problem(404, "unknown-stream", f"{stream} is no stream with sequences", "See `salor parked`.")
    row = await connection.fetchrow(OPEN, [stream], [key], [], [], [])
    assert row is not None, "a function with OUT parameters gives one row"
    case = _Case(connection, decision, pasts([place], row)[place])
    if not case.open:
        await connection.execute(FORGET_UNSEEN, stream, key)
        raise Problem(404, "nothing-parked", f"Nothing of {case.name} is parked here", "See `salor parked`.")
    return await VERBS[decision.verb](case)


class _Case:
    """A key under its lock, and the decision about it. `open` is what is parked and not settled: ids by sequence."""

    def __init__(self, connection: Connection, decision: Decision, past: Past) -> None:
        self.connection = connection
        self.decision = decision
        self.past = past
        self.place = (decision.stream, decision.key)
        self.name = f"({decision.stream}, {decision.key})"
        self.is_state = TOPICS[decision.stream].kind is Kind.STATE
        not_settled = {s: {i: r for i, r in rows.items() if r != "settled"} for s, rows in past.parked.items()}
        self.open = {sequence: rows for sequence, rows in sorted(not_settled.items()) if rows}

    @property
    def next(self) -> int:
        return self.past.sequence + 1

    def sequence(self) -> int:
        """The one that is meant: the next. Raises Problem where another is named."""
        self.refuse_while_blocked()
        meant = self.decision.sequence or self.next
        if meant == self.next or (self.is_state and meant > self.past.sequence):
            return meant
        title = f"{self.name} has {self.next} as its next; {self.decision.verb} works on the next only"
        raise Problem(409, "not-the-next", title)

    def refuse_while_blocked(self) -> None:
        if self.past.blocked:
            title = f"{self.name} is blocked by a regression"
            raise Problem(409, "regression-undecided", title, "Decide it first: settle (the old holds) or adopt.")

    async def advance(self, sequence: int, event_id: str | None) -> None:
        await self.connection.execute(ADVANCE, *self.place, sequence, event_id)
        self.past.sequence, self.past.event_id = sequence, event_id

    def taken(self, *sequences: int) -> Taken:
        return Taken(sorted(sequences), self.next)


async def _replay(case: _Case) -> Taken:
    """Let what failed or waits be tried anew, as if it had just become possible."""
    case.refuse_while_blocked()
    named = case.decision.sequence
    tried = [s for s, rows in case.open.items() if {"failed", "waiting"} & set(rows.values())]
    chosen = [s for s in tried if named in (None, s)]
    if not chosen and case.next not in case.open:
        title = f"{case.name} waits for {case.next}, which has not come"
        detail = "Get it again with `salor resend`, or give it up with `salor skip`."
        raise Problem(409, "nothing-to-replay", title, detail)
    if not chosen and named is not None and named != case.next:
        raise Problem(409, "not-the-next", f"{case.name} has {case.next} as its next; {named} has not been tried yet")
    await case.connection.execute(RELEASE, *case.place, chosen)
    return case.taken(*chosen)


async def _discard(case: _Case) -> Taken:
    """Give up an event that is here: the key advances over it, under its id."""
    sequence = case.sequence()
    if sequence not in case.open:
        title = f"{sequence} of {case.name} is not here"
        raise Problem(409, "not-here", title, "A missing one is passed over with `salor skip`.")
    (event_id,) = case.open[sequence]
    await case.connection.execute(FORGET, *case.place, sequence, event_id)
    if case.is_state:
        await case.connection.execute(FORGET_LOWER, *case.place, sequence)
    await case.advance(sequence, event_id)
    return case.taken(sequence)


async def _skip(case: _Case) -> Taken:
    """Give up an event that is missing: the key advances over it, under no id, which matches any."""
    if case.is_state:
        raise Problem(409, "nothing-missing", f"{case.name} is a state: its next version applies, whatever is missing")
    sequence = case.sequence()
    if sequence in case.open:
        title = f"{sequence} of {case.name} is here"
        raise Problem(409, "not-missing", title, "Replay it, or give it up with `salor discard`.")
    await case.advance(sequence, None)
    return case.taken(sequence)


def _regressions(case: _Case) -> list[tuple[int, str]]:
    """The regressions that are meant. Raises Problem where there is none."""
    decision = case.decision
    found = [
        (sequence, event_id)
        for sequence, rows in case.open.items()
        for event_id, reason in rows.items()
        if reason == "regression" and decision.sequence in (None, sequence) and decision.event_id in (None, event_id)
    ]
    if not found:
        raise Problem(409, "no-regression", f"{case.name} has no such regression", "See `salor show`.")
    return found


async def _settle(case: _Case) -> Taken:
    """The old history holds: the other event stays as settled, and is dropped from then on."""
    found = _regressions(case)
    for sequence, event_id in found:
        await case.connection.execute(DECIDE, *case.place, sequence, [event_id], "settled")
    return case.taken(*{sequence for sequence, _ in found})


async def _adopt(case: _Case) -> Taken:
    """The new history holds: the key goes on from its event, and all others of that sequence are settled.

    Where the old one had been applied, the key steps back by one; the new one is then its next, and is applied.
    """
    found = _regressions(case)
    chosen = dict(found)
    if len(chosen) < len(found):
        ids = ", ".join(f"{sequence}: {event_id}" for sequence, event_id in found)
        raise Problem(409, "several-regressions", f"{case.name} has several others of a sequence", f"Name one ({ids}).")
    if min(chosen) < case.past.sequence:
        raise Problem(409, "too-late", f"{case.name} has gone on to {case.past.sequence}", "Only settle is left.")
    for sequence, event_id in chosen.items():
        others = [other for other in case.open[sequence] if other != event_id]
        await case.connection.execute(DECIDE, *case.place, sequence, others, "settled")
        await case.connection.execute(DECIDE, *case.place, sequence, [event_id], "gap")
    if case.past.sequence in chosen:
        if case.past.event_id is not None:
            await case.connection.execute(SETTLE_APPLIED, *case.place, case.past.sequence, case.past.event_id)
        await case.advance(case.past.sequence - 1, None)
    else:
        await case.advance(case.past.sequence, case.past.event_id)
    return case.taken(*chosen)


VERBS: dict[Verb, Callable[[_Case], Awaitable[Taken]]] = {
    Verb.REPLAY: _replay,
    Verb.DISCARD: _discard,
    Verb.SKIP: _skip,
    Verb.SETTLE: _settle,
    Verb.ADOPT: _adopt,
}
