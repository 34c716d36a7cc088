"""F13 and F14: what no service can read, what is too large, and a handler that fails on one id."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import httpx

from deploy.local import wire
from shared.events import Event, Kind, Topic
from shared.events.complaints import ComplaintFiled
from shared.events.directory import EmployeeRecorded
from shared.events.evaluation import EvaluationCompleted
from shared.events.frontoffice import ComplaintSubmitted
from tests.faults import buggy, clients
from tests.faults.audit import BadInput, Contradiction, Sort
from tests.faults.clients import Submission
from tests.faults.sending import Sender
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

SOURCE = "urn:test:poison"
CURSED = 300
"""The one submission about the officer on whom the handler fails."""
OVERSIZE = 900_000
FAILED = "SELECT count(*) FROM parked WHERE reason = 'failed' AND key = $1"
PARKED_FILED = "SELECT key FROM parked WHERE stream = 'complaints.v1' AND reason = 'failed' AND key NOT LIKE 'bad-%'"
HOLD = "SELECT FROM position FOR UPDATE"
HELD_SECONDS = 0.5
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'complaints' AND wait_event_type = 'Lock'"
EARLY = """SELECT d.topic, d.partition, d.record_offset FROM dead_letter d LEFT JOIN position p USING (topic, partition)
WHERE d.record_offset >= coalesce(p.next_offset, 0)"""
MOST_ATTEMPTS = 12
"""A batch is halved down to the one that fails: of 2,000 at most eleven times."""
Headers = list[tuple[str, bytes | None]]

BODIES: dict[str, bytes | None] = {
    "broken JSON": b'{"category": "undue_delay", ',
    "wrong types": b'{"category": 5, "text": [], "complaint_id": {}, "evaluation_id": 1}',
    "NaN": b'{"category": NaN, "text": "x", "complaint_id": NaN, "evaluation_id": NaN}',
    "depth": b"[" * 50_000 + b"]" * 50_000,
    "bad UTF-8": b'{"category": "\xff\xfe", "complaint_id": "\xff", "evaluation_id": "\xff"}',
    "no value": None,
}
GOOD = b'{"category": "undue_delay", "text": "x"}'
WRONG: list[tuple[str, bytes | None]] = [
    ("ce_specversion", None),
    ("ce_specversion", b"0.3"),
    ("ce_type", None),
    ("ce_type", b"id.go.salor.frontoffice.ComplaintSubmited.v1"),
    ("ce_type", b"id.go.salor.frontoffice.ComplaintSubmitted.v2"),
    ("ce_type", ComplaintFiled.type.encode()),
    ("content-type", b"application/cloudevents-batch+json"),
]
"""Attributes for which a stranger's record can't be read, though its body could."""
STRUCTURED: list[tuple[str, bytes, str]] = [
    ("application/cloudevents+json", b'{"specversion": "1.0", ', "not a JSON document"),
    ("application/cloudevents+json", b"[]", "not a CloudEvent"),
    (
        "application/cloudevents+json",
        b'{"specversion": "1.0", "id": 5, "source": []}',
        "CloudEvent with id that is no text, with source that is no text",
    ),
    (
        "application/cloudevents+json",
        b'{"specversion": "1.0", "id": "1", "source": "urn:a", "source": "urn:b"}',
        "CloudEvent with source twice",
    ),
    ("application/cloudevents-batch+json", b"[]", "a CloudEvents batch"),
]
"""Records in the structured form that name nobody: content type, value, reason."""


@dataclass(frozen=True, slots=True)
class Poison:
    """A record to send, and what must become of it: parked under its key, or a dead letter with a reason."""

    event: type[Event]
    key: bytes | None
    headers: Headers
    value: bytes | None
    reason: str
    answered: str = ""

    @property
    def parked(self) -> bool:
        return self.event.topic.kind is Kind.CHAIN and not self.reason


def unreadable(event: type[Event], chance: Random) -> list[Poison]:
    """Bodies that can't be read, under attributes that can; and attributes that can't."""
    made = [_body(event, chance, value) for value in BODIES.values()]
    if event.topic.kind is Kind.CHAIN:
        return made + _unplaced(event, chance)
    return made + _misnamed(event, chance) + _unnamed(event, chance)


def oversize(event: type[Event], chance: Random) -> list[Poison]:
    """As large as the broker lets in: broken, and well-formed with a text that is too long."""
    long = b'{"category": "undue_delay", "text": "' + b"x" * OVERSIZE + b'"}'
    return [_body(event, chance, b"x" * OVERSIZE), _body(event, chance, long)]


def _body(event: type[Event], chance: Random, value: bytes | None) -> Poison:
    made = _name(chance)
    answered = made if event.topic.kind is Kind.STRANGER else ""
    return Poison(event, f"bad-{made}".encode(), _headers(event, made), value, "", answered)


def _unplaced(event: type[Event], chance: Random) -> list[Poison]:
    """Without a key or a sequence that can be read."""
    names = [_name(chance) for _ in range(4)]
    whole = [_headers(event, name) for name in names]
    return [
        Poison(event, None, whole[0], b"{}", "no readable key"),
        Poison(event, b"\xff\xfe", whole[1], b"{}", "no readable key"),
        Poison(event, b"bad-sequence", _but(whole[2], "ce_sequence", b"\xff"), b"{}", "no readable sequence"),
        Poison(event, b"bad-sequence", _but(whole[3], "ce_sequence", None), b"{}", "no readable sequence"),
    ]


def _misnamed(event: type[Event], chance: Random) -> list[Poison]:
    """With a name, a body that could be read, and one attribute that is wrong."""
    return [
        Poison(event, None, _but(_headers(event, name), attribute, value), GOOD, "", name)
        for (attribute, value), name in ((wrong, _name(chance)) for wrong in WRONG)
    ]


def _unnamed(event: type[Event], chance: Random) -> list[Poison]:
    """Without an id or a source that can be read."""
    whole = [_headers(event, _name(chance)) for _ in range(3)]
    return [
        Poison(event, None, _but(whole[0], "ce_id", b"\xff\xfe"), b"{}", "CloudEvent with id that is not UTF-8"),
        Poison(event, None, _but(whole[1], "ce_source", None), b"{}", "CloudEvent with source that is empty"),
        Poison(event, b"bad", [], b"{}", "CloudEvent without id and source"),
        *(Poison(event, None, [("content-type", kind.encode())], value, why) for kind, value, why in STRUCTURED),
    ]


def _name(chance: Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _headers(event: type[Event], made: str) -> Headers:
    return [*wire.headers(event.type, made, SOURCE, datetime.now(UTC), sequence="1")]


def _but(headers: Headers, name: str, value: bytes | None) -> Headers:
    return [(each, value if each == name else known) for each, known in headers]


async def poison(trial: Trial) -> None:
    """F13: every kind of unreadable record, several times over; and a bug on one id, mended while the load goes on."""
    file = trial.fleet.stack.folder / "bug"
    file.write_text(str(trial.officers[-1].employee_id))
    await trial.fleet.stop("evaluation")
    await trial.fleet.start("evaluation", "tests.faults.buggy", str(file))
    await trial.submitted(200)
    await trial.strike("poison")
    await _set_aside_with_its_batch(trial)
    for event in (ComplaintFiled, EvaluationCompleted):
        await _send(trial, unreadable(event, trial.chance))
    await trial.submitted(CURSED + 1)

    async def parked() -> bool:
        return await trial.value("evaluation", PARKED_FILED) is not None

    await until(parked, PATIENCE_SECONDS)
    await trial.strike("one complaint is parked")
    key = await trial.value("evaluation", PARKED_FILED)
    await trial.submitted(600)
    tries = Counter(buggy.attempts(file).read_text().split())
    trial.expect(tries.pop(key, 0) >= 3, "the poisoned complaint was not tried three times")
    most = max(tries.values(), default=0)
    trial.expect(most <= MOST_ATTEMPTS, f"a neighbour was tried {most} times")
    file.unlink()
    await trial.operator("replay", "evaluation", ComplaintFiled.topic.name, key)


async def _set_aside_with_its_batch(trial: Trial) -> None:
    """Poison whose batches can't commit for a moment, since we hold the positions: no dead letter is there before."""
    await trial.fleet.stop("complaints")
    await _send(trial, unreadable(ComplaintSubmitted, trial.chance))
    holder = await trial.connection("complaints")
    async with holder.transaction():
        await holder.fetch(HOLD)
        await trial.fleet.launch("complaints")

        async def waits() -> bool:
            return bool(await trial.value("postgres", WAITS))

        await until(waits, PATIENCE_SECONDS)
        await asyncio.sleep(HELD_SECONDS)
        early = {tuple(row) for row in await holder.fetch(EARLY)} & {bad.place for bad in trial.bad}
    if early:
        says = f"{len(early)} dead letters were there before the batches that they came with"
        trial.found.append(Contradiction("I7", Sort.WRONG, says, count=len(early)))


async def too_large(trial: Trial) -> None:
    """F14: the largest records that the broker takes, on each topic; and a body of ten megabytes over HTTP."""
    await trial.submitted(300)
    await trial.strike("oversize")
    for event in (ComplaintSubmitted, ComplaintFiled, EvaluationCompleted):
        await _send(trial, oversize(event, trial.chance))
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        headers = {"idempotency-key": str(uuid.uuid4()), "content-type": "application/json"}
        url = f"{trial.fleet.stack.http('complaints')}/complaints"
        answer = await client.post(url, content=b'{"text": "' + b"x" * 10_000_000 + b'"}', headers=headers)
    trial.expect(answer.status_code == 413, f"ten megabytes over HTTP: {answer.status_code}")


async def _send(trial: Trial, poisons: list[Poison]) -> None:
    """Send, and note where each lies and what is to become of it."""
    async with Sender(trial.fleet.stack.kafka) as sender:
        for one in poisons:
            topic: Topic = one.event.topic
            at = await sender.send(topic.name, one.value, key=one.key, headers=one.headers)
            key = (one.key or b"").decode() if one.parked else ""
            trial.bad.append(BadInput(topic.name, at.partition, at.offset, one.reason, key, one.answered))


def with_one_cursed(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The mixed load, and one complaint about the last officer, on whom the handler fails."""
    *others, cursed = officers
    return clients.about([cursed], 0) if n == CURSED else clients.about(others, n)
