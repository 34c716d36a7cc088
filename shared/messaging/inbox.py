"""The events' door: some partitions' messages, decided under locks of what was seen: applied, dropped or parked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from shared.db import Connection
from shared.events import TYPES, Kind
from shared.messaging import parked
from shared.messaging.breaker import Breaker
from shared.messaging.failures import TRIES, Rerun, patiently, settle
from shared.messaging.listens import Listener, Listens
from shared.messaging.parked import Parking
from shared.messaging.record import Invalid, Message, Reading
from shared.messaging.runner import OPEN, Runner
from shared.messaging.seen import Past, Place, Verdict, decide
from shared.messaging.tally import Settled
from shared.messaging.tx import Cause, Fact, Name, Tx
from shared.messaging.waves import Work, buckets

log = structlog.get_logger()

CLOSE = """SELECT close_batch($1::text[], $2::text[], $3::bigint[], $4::text[],
$5::text[], $6::int[], $7::bigint[], $8::bigint[], $9)"""
STEPPED_BACK = "SB001"


class SteppedBack(Rerun):
    """The stored position lies before the batch, as after a failover to a standby that lacks the last ones."""


class Lacking(Rerun):
    """Events lack facts whose turns are not known yet: roll back, read them, run again."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = list(facts)
        super().__init__(", ".join(f"({fact.stream}, {fact.key})" for fact in self.facts))


class Inbox:
    """Settles messages: every one of them takes effect, is dropped as seen, is parked, or is a dead letter.

    `cluster` is the id of the Kafka cluster that they come from: positions are written under it.
    """

    def __init__(self, runner: Runner, listens: Listens) -> None:
        self.runner = runner
        self.listens = listens
        self.breaker = Breaker(runner.settings.breaker_keys)
        self.cluster = ""

    async def settle(self, messages: Sequence[Message]) -> None:
        """Settle messages in their order; returns when the database holds the outcome of each.

        Raises BreakerOpen, with the first ones settled, when our handlers fail on too many keys; and SteppedBack,
        with nothing of them settled, where the database lacks what came before them.
        """
        await settle(messages, self._run, self._give_up)

    def batch(self, messages: Sequence[Message], *, moving: bool = True) -> "_Batch":
        """One try at some messages, for who runs it himself; unless `moving` it leaves the positions alone."""
        return _Batch(self.listens, messages, {}, self.cluster, moving=moving)

    async def _run(self, messages: Sequence[Message]) -> None:
        """One transaction; again, with the turns of the facts that some of them lack, until these can be parked."""
        turns: dict[Fact, int] = {}
        while True:
            batch = _Batch(self.listens, messages, turns, self.cluster)
            try:
                await self._settle(batch)
            except Lacking as lacking:
                async with self.runner.pool.acquire() as connection:
                    turns |= await parked.turns(connection, lacking.facts)
            else:
                for kind, count in batch.handled.items():
                    self.breaker.succeed(kind, count)
                return

    async def _give_up(self, message: Message, error: Exception) -> None:
        if message.reading is Reading.EVENT:
            self.breaker.fail(message.type, _blamed(message))
        at = message.record
        log.warning("event_failed", topic=at.topic, partition=at.partition, offset=at.offset, exc_info=error)
        kind = message.type if message.type in TYPES else "an unknown type"
        reason = f"{type(error).__name__} in the handler of {kind}"
        await patiently(lambda: self._set_aside(message, reason))

    async def _set_aside(self, message: Message, reason: str) -> None:
        await self._settle(_Batch(self.listens, [message], {}, self.cluster, failed=reason))

    async def _settle(self, batch: "_Batch") -> None:
        await self.runner.run(batch)
        self.runner.advanced.set()
        batch.settled().count(self.runner.metrics, self.listens)


class _Batch:
    """One try at some messages. `failed` parks (or buries) the single one instead of applying it."""

    name = "events"

    def __init__(
        self,
        listens: Listens,
        messages: Sequence[Message],
        turns: dict[Fact, int],
        cluster: str,
        failed: str | None = None,
        moving: bool = True,
    ) -> None:
        self.listens = listens
        self.messages = messages
        self.turns = turns
        self.cluster = cluster
        self.failed = failed
        self.moving = moving
        self.placed = [m for m in messages if m.topic.kind is not Kind.STRANGER and m.sequence]
        self.strangers = _named(messages)
        self.verdicts: list[tuple[Message, Verdict]] = []
        self.claimed: set[int] = set()
        self.handled: Counter[str] = Counter()
        """Events that a handler acted on, by type."""
        self.parkings: list[Parking] = []

    @property
    def size(self) -> int:
        """How many messages."""
        return len(self.messages)

    def settled(self) -> Settled:
        """What they came to, once committed."""
        return Settled(self.messages, self.verdicts, self.parkings, self.claimed, self._dead())

    async def open(self, connection: Connection) -> tuple[datetime, Sequence[Work]]:
        """Lock and read in one round trip, then decide."""
        places = sorted({(m.stream, m.key) for m in self.placed})
        strangers = sorted(self.strangers)
        works = {id(m): self._work(order, m) for order, m in enumerate(self.messages) if self.failed is None}
        names = buckets(name for work in works.values() if work for name in work.names)
        row = await connection.fetchrow(OPEN, *_columns(places), *_columns(strangers), names)
        assert row is not None, "a function with OUT parameters gives one row"
        self.verdicts = decide(self.placed, pasts(places, row))
        claimed = zip(strangers, row["claimed"] or (), strict=True)
        self.claimed = {id(self.strangers[place]) for place, is_new in claimed if is_new}
        applied = self.claimed | {id(m) for m, verdict in self.verdicts if verdict is Verdict.APPLY}
        return row["now"], [work for m in self.messages if id(m) in applied and (work := works.get(id(m)))]

    def _work(self, order: int, message: Message) -> Work | None:
        """What a message asks to do; None where nobody here listens to it, or it can't be read."""
        listener, body = self._listener(message)
        if listener is None:
            return None
        cause = Cause(
            body=body,
            id=message.id,
            at=message.time,
            order=order,
            correlation_id=message.correlation_id,
            key=message.key,
            source=message.source,
            traceparent=message.traceparent,
        )
        place = (message.stream, message.key)
        key: Any = place if message.topic.kind is not Kind.STRANGER else (message.source, message.id)
        names: tuple[Name, ...] = tuple(listener.locks(body))
        kind = message.type if message.event is not None else f"invalid {message.stream}"
        return Work(cause, listener.handler, kind, key, names, message.topic.kind is Kind.CHAIN)

    def _listener(self, message: Message) -> tuple[Listener | None, Any]:
        if message.reading is Reading.EVENT:
            return self.listens.by_type.get(message.type), message.event
        if message.reading is Reading.INVALID and message.topic.kind is Kind.STRANGER:
            problems = Invalid(message.source, message.id, message.type, message.problems)
            return self.listens.by_invalid_topic.get(message.stream), problems
        return None, None

    async def close(self, tx: Tx) -> None:
        """Park what has to wait, then write down what was applied and how far the partitions were read."""
        if any(self.messages[order].topic.kind is Kind.STRANGER for order in tx.lacking):
            raise TypeError("a stranger's event has no sequence, so it can't wait: model its waiting in the domain")
        unknown = [fact for fact in tx.lacking.values() if fact not in self.turns]
        if unknown:
            raise Lacking(unknown)
        waiting = {id(self.messages[order]): fact for order, fact in tx.lacking.items()}
        applied: list[Message] = []
        parkings = self.parkings
        stopped: set[Place] = set()
        for message, verdict in self.verdicts:
            parking = self._parking(
                message, verdict, waiting.get(id(message)), (message.stream, message.key) in stopped
            )
            if parking is not None:
                parkings.append(parking)
                if verdict is Verdict.APPLY and message.topic.kind is Kind.CHAIN:
                    stopped.add((message.stream, message.key))
            elif verdict is Verdict.APPLY:
                applied.append(message)
        await self._write(tx.connection, parkings, applied)
        if self.failed is None:
            acted = applied + [m for m in self.strangers.values() if id(m) in self.claimed]
            self.handled.update(m.type for m in acted if m.reading is Reading.EVENT and m.type in self.listens.by_type)

    def _parking(self, message: Message, verdict: Verdict, fact: Fact | None, behind: bool) -> Parking | None:
        """Why a message is parked, if it is; `behind`: an earlier one of its key was, after the verdicts."""
        if verdict is Verdict.FAILED and behind:
            return Parking(message, "gap")
        if verdict in (Verdict.GAP, Verdict.FAILED, Verdict.REGRESSION):
            return Parking(message, verdict.value, message.reason, tries=int(verdict is Verdict.FAILED))
        if verdict is not Verdict.APPLY:
            return None
        if self.failed is not None:
            return Parking(message, "failed", self.failed, tries=TRIES)
        if fact is not None:
            return Parking(message, "waiting", fact=fact, turn=self.turns[fact], tries=1)
        return Parking(message, "gap") if behind else None

    async def _write(self, connection: Connection, parkings: Sequence[Parking], applied: Sequence[Message]) -> None:
        dead = self._dead()
        if dead:
            await parked.bury(connection, dead)
            await parked.mark_dead(connection, [m for m, _ in dead if id(m) in self.claimed])
        gone = [m for m, v in self.verdicts if m.draining and v is Verdict.DROP]
        gone += [m for m in applied if m.draining]
        if gone:
            await parked.unpark(connection, gone)
        if parkings:
            await parked.park(connection, parkings)
        superseding = [m for m in applied if m.topic.kind is Kind.STATE]
        if superseding:
            await parked.supersede(connection, superseding)
        latest = {(m.stream, m.key): m for m in applied}
        seen = [(m.stream, m.key, m.sequence, m.id) for m in latest.values()]
        try:
            await connection.execute(CLOSE, *_columns(seen, 4), *_columns(self._positions(), 4), self.cluster)
        except asyncpg.PostgresError as error:
            raise SteppedBack(str(error)) if error.sqlstate == STEPPED_BACK else error from None

    def _dead(self) -> list[tuple[Message, str]]:
        """Records that can't be placed, and strangers' that can't be read or whose handler failed (here, and alone)."""
        unplaceable = [(m, m.reason) for m in self.messages if m.reading is Reading.UNPLACEABLE]
        invalid = [m for m in self.strangers.values() if m.reading is Reading.INVALID]
        new = [m for m in self.strangers.values() if id(m) in self.claimed and m not in invalid]
        failed = [(m, self.failed) for m in new if self.failed]
        return unplaceable + [(m, m.reason) for m in invalid] + failed

    def _positions(self) -> list[tuple[str, int, int | None, int]]:
        """(topic, partition, start, end) of what was read."""
        steps: dict[tuple[str, int], tuple[int | None, int]] = {}
        for m in self.messages:
            if self.moving and not m.draining:
                at = m.record.topic, m.record.partition
                start, _ = steps.get(at, (m.start, 0))
                steps[at] = start, m.record.offset + 1
        return [(*at, *steps[at]) for at in sorted(steps)]


def _blamed(message: Message) -> str:
    """What a failure counts for: the key; of strangers the source, so that none of them alone opens the breaker."""
    return message.source if message.topic.kind is Kind.STRANGER else f"{message.stream} {message.key}"


def _named(messages: Sequence[Message]) -> dict[Place, Message]:
    """Strangers by (source, id); the first of equal ones."""
    named: dict[Place, Message] = {}
    for m in messages:
        if m.topic.kind is Kind.STRANGER and m.reading is not Reading.UNPLACEABLE:
            named.setdefault((m.source, m.id), m)
    return named


def _columns(rows: Sequence[tuple[Any, ...]], width: int = 2) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def pasts(places: Sequence[Place], row: asyncpg.Record) -> dict[Place, Past]:
    """What `open_batch` found under the locks of some places."""
    found = {
        place: Past(sequence, event_id)
        for place, sequence, event_id in zip(places, row["sequences"] or (), row["event_ids"] or (), strict=True)
    }
    columns = [row[f"parked_{name}"] or () for name in ("streams", "keys", "sequences", "ids", "reasons")]
    for stream, key, sequence, event_id, reason in zip(*columns, strict=True):
        found[stream, key].park(sequence, event_id, reason)
    return found
