"""The commands' door: requests that arrive together share one transaction, each is answered only after COMMIT.

A command is remembered by (principal, route, Idempotency-Key) with its answer; a refused one leaves no trace.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel

from shared.db import Connection
from shared.errors import Problem
from shared.messaging.failures import is_taken_back, is_transient, settle, unavailable
from shared.messaging.listens import Handler
from shared.messaging.runner import Runner, lock
from shared.messaging.tx import Answer, Cause, Name, Tx
from shared.messaging.waves import Work

log = structlog.get_logger()

CLAIM = """INSERT INTO request (principal, route, idempotency_key, body_hash)
SELECT r.* FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS r(principal, route, key, hash)
ON CONFLICT (principal, route, idempotency_key) DO UPDATE SET status = request.status WHERE false
RETURNING principal, route, idempotency_key"""
READ = """SELECT q.body_hash, q.status, q.answer
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS r(principal, route, key, ord)
JOIN request q ON (q.principal, q.route, q.idempotency_key) = (r.principal, r.route, r.key) ORDER BY r.ord"""
ANSWER = """UPDATE request q SET status = r.status, answer = r.answer
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bytea[]) AS r(principal, route, key, status, answer)
WHERE (q.principal, q.route, q.idempotency_key) = (r.principal, r.route, r.key)"""
FORGET = """DELETE FROM request q USING unnest($1::text[], $2::text[], $3::text[]) AS r(principal, route, key)
WHERE (q.principal, q.route, q.idempotency_key) = (r.principal, r.route, r.key)"""

LOT = 500
PATIENCE = 10.0
"""A command waits so many seconds for its turn and its COMMIT."""
HASTE = 1.0
"""The same once the database is known to be in trouble."""
GRACE = 1.0
"""Trouble that lasts no longer is waited out: a connection that broke, a server that restarts."""


def internal() -> Problem:
    """Our own failure. A new one each time: an exception that is raised again keeps every traceback."""
    detail = "The failure was recorded; try again later."
    return Problem(500, "internal", "This request could not be handled", detail)


def reused() -> Problem:
    """The key names another request already."""
    title = "This Idempotency-Key was used with another body"
    return Problem(422, "idempotency-key-reused", title, "Use a new key.")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb behind a route: its name (the route in `request`), the plural handler, and the names it locks."""

    name: str
    verb: Handler
    locks: Callable[[Any], Iterable[Name]] = field(default=lambda body: [])


def _outcome() -> "asyncio.Future[tuple[Answer, bool]]":
    """Its caller may have left: then nobody asks what went wrong, and that is no error."""
    made: asyncio.Future[tuple[Answer, bool]] = asyncio.Future()
    made.add_done_callback(lambda done: done.cancelled() or done.exception())
    return made


@dataclass(slots=True, eq=False)
class Call:
    """One request for a command. `outcome` is set after COMMIT: the answer, and whether it is a repetition."""

    command: Command
    body: BaseModel
    principal: str
    key: str
    traceparent: str | None = None
    request_id: str = ""
    outcome: "asyncio.Future[tuple[Answer, bool]]" = field(default_factory=_outcome)
    identity: tuple[str, str, str] = field(init=False)
    """What the request is remembered by."""
    body_hash: bytes = field(init=False)
    """A repetition must have the same body: what was sent, since a release may add fields with defaults."""

    def __post_init__(self) -> None:
        self.identity = self.principal, self.command.name, self.key
        self.body_hash = hashlib.sha256(self.body.model_dump_json(exclude_unset=True).encode()).digest()


class Requests:
    """The queue in front of the door. Full means 503: what waits here is in nobody's database yet.

    At most `lot` commands share a transaction.
    `trouble_since` is when the database stopped to serve the door, by the monotonic clock; None while it does.
    """

    def __init__(self, runner: Runner, limit: int, lot: int = LOT) -> None:
        self.runner = runner
        self.lot = lot
        self.queue: asyncio.Queue[Call] = asyncio.Queue(limit)
        self.trouble_since: float | None = None

    async def submit(self, call: Call, seconds: float | None = None) -> tuple[Answer, bool]:
        """The command's answer, once it is committed. Raises Problem: refused, queue full, or too late (503)."""
        with self.runner.metrics.command(call.command.name):
            return await self._submit(call, seconds)

    async def _submit(self, call: Call, seconds: float | None) -> tuple[Answer, bool]:
        try:
            self.queue.put_nowait(call)
        except asyncio.QueueFull:
            raise Problem(503, "overloaded", "Too many requests are waiting", "Try again.", retry_after=1) from None
        if seconds is None:
            seconds = PATIENCE if self.trouble_since is None else HASTE
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(call.outcome)
        except TimeoutError as error:
            self._trouble()
            raise unavailable(error) from None

    def _trouble(self) -> float:
        """Note that the database does not serve us. Gives for how many seconds it has not."""
        now = time.monotonic()
        self.trouble_since = now if self.trouble_since is None else self.trouble_since
        return now - self.trouble_since

    async def run(self) -> None:
        """Take what is there, run it, and answer, for ever."""
        later: list[Call] = []
        while True:
            taken = later or [await self.queue.get()]
            while len(taken) < self.lot and not self.queue.empty():
                taken.append(self.queue.get_nowait())
            lot: dict[tuple[str, str, str], Call] = {}
            later = [call for call in taken if lot.setdefault(call.identity, call) is not call]
            await self.settle(list(lot.values()))

    async def settle(self, calls: Sequence[Call]) -> None:
        """Settle calls of different identities: each future gets its answer or its problem."""
        await settle(sorted(calls, key=lambda call: call.identity), self._run, self._give_up)

    def batch(self, calls: Sequence[Call]) -> "Batch":
        """One try at some calls."""
        return Batch(calls)

    async def _run(self, calls: Sequence[Call]) -> None:
        batch = self.batch(calls)
        try:
            await self.runner.run(batch)
        except Exception as error:
            if not is_transient(error) or self._serves(error) or self._trouble() < GRACE:
                raise
            self._put_off(calls, error)
        else:
            self.trouble_since = None
            self.runner.advanced.set()
            for call in calls:
                batch.resolve(call)

    def _serves(self, error: Exception) -> bool:
        """Whether a transaction that was taken back is no trouble: so it is, until somebody waited in vain."""
        return is_taken_back(error) and self.trouble_since is None

    def _put_off(self, calls: Sequence[Call], error: Exception) -> None:
        """Answer 503 and forget: the caller comes again, and then finds the effect done or not."""
        log.warning("commands_put_off", commands=len(calls), error=type(error).__name__)
        for call in calls:
            if not call.outcome.done():
                call.outcome.set_exception(unavailable(error))

    async def _give_up(self, call: Call, error: Exception) -> None:
        if not isinstance(error, Problem):
            name, request_id = call.command.name, call.request_id
            log.error("command_failed", command=name, request_id=request_id, error=type(error).__name__, exc_info=error)
        if not call.outcome.done():
            call.outcome.set_exception(error if isinstance(error, Problem) else internal())


class Batch:
    """One try at some commands."""

    name = "commands"

    def __init__(self, calls: Sequence[Call]) -> None:
        self.calls = calls
        self.outcomes: dict[int, tuple[Answer, bool] | Problem] = {}
        self.new: set[tuple[str, str, str]] = set()

    @property
    def size(self) -> int:
        """How many commands."""
        return len(self.calls)

    async def open(self, connection: Connection) -> tuple[datetime, Sequence[Work]]:
        """Claim the request rows, lock the names, and see which were answered before."""
        await self.claim(connection)
        names = {id(call): tuple(call.command.locks(call.body)) for call in self.calls}
        now = await lock(connection, (n for each in names.values() for n in each))
        await self.recall(connection)
        works = [self.work(order, call, now, names[id(call)]) for order, call in enumerate(self.calls)]
        return now, [work for work, call in zip(works, self.calls, strict=True) if id(call) not in self.outcomes]

    async def claim(self, connection: Connection) -> None:
        """Lock the request rows: the first of all locks. One that is new was not answered before."""
        rows = await connection.fetch(CLAIM, *_identities(self.calls), [call.body_hash for call in self.calls])
        self.new = {(row["principal"], row["route"], row["idempotency_key"]) for row in rows}

    async def recall(self, connection: Connection) -> None:
        """See which of the others were answered. Sound once all that they lock is locked."""
        known = [call for call in self.calls if call.identity not in self.new]
        rows = await connection.fetch(READ, *_identities(known)) if known else []
        for call, row in zip(known, rows, strict=True):
            if row["body_hash"] != call.body_hash:
                self.outcomes[id(call)] = reused()
            elif row["status"] is not None:
                self.outcomes[id(call)] = (Answer(row["status"], row["answer"]), True)

    def work(self, order: int, call: Call, now: datetime, names: tuple[Name, ...] = ()) -> Work:
        """What a call asks to do."""
        identity = " ".join(("request", *call.identity))
        cause: Cause[Any] = Cause(
            body=call.body,
            id=hashlib.sha256(identity.encode()).hexdigest(),
            at=now,
            order=order,
            correlation_id=call.key,
            principal=call.principal,
            traceparent=call.traceparent,
        )
        return Work(cause, call.command.verb, call.command.name, call.identity, names)

    async def close(self, tx: Tx) -> None:
        """Keep the answers; forget the refused."""
        answered: list[tuple[Call, Answer]] = []
        refused: list[Call] = []
        for order, call in enumerate(self.calls):
            if id(call) in self.outcomes:
                continue
            if order in tx.refused:
                self.outcomes[id(call)] = tx.refused[order]
                refused.append(call)
            else:
                self.outcomes[id(call)] = (tx.answers[order], False)
                answered.append((call, tx.answers[order]))
        if answered:
            columns = _identities([call for call, _ in answered])
            await tx.execute(ANSWER, *columns, [a.status for _, a in answered], [a.body for _, a in answered])
        if refused:
            await tx.execute(FORGET, *_identities(refused))

    def resolve(self, call: Call) -> None:
        """Give the caller what was committed."""
        outcome = self.outcomes[id(call)]
        if call.outcome.done():
            return
        if isinstance(outcome, Problem):
            call.outcome.set_exception(outcome)
        else:
            call.outcome.set_result(outcome)


def _identities(calls: Sequence[Call]) -> list[list[str]]:
    return [list(column) for column in zip(*(call.identity for call in calls), strict=True)]
