"""Whatever a record holds, on a real broker: it is parked in its place, buried with its reason, or ignored, as is due.

An office that can be named is told why; and the partition keeps moving.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer

from services.complaints.app import service
from shared.events.base import Event, Topic
from shared.events.complaints import SubmissionAccepted, SubmissionRefused
from shared.events.directory import DIRECTORY, ServiceRecorded
from shared.events.evaluation import EVALUATIONS, EvaluationOpened
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from shared.messaging import topics
from shared.messaging.brokers import Brokers
from shared.messaging.consumer import Consumer
from shared.messaging.inbox import Inbox
from shared.messaging.record import LONGEST
from tests.names import text
from tests.services.complaints.given import SKCK, a_complaint, recorded
from tests.support import Bench
from tests.until import until

REFUSED, BURIED, ACCEPTED, PARKED, PASSED = "refused and buried", "buried", "accepted", "parked", "passed"
GOOD = a_complaint().model_dump_json().encode()
SERVICE = recorded(SKCK).model_dump_json().encode()
LATIN = b"\xe9\xff"

DEAD = "SELECT record_offset FROM dead_letter WHERE topic = $1 AND reason <> ''"
KEPT = "SELECT record_offset FROM parked WHERE topic = $1 AND key = $2 AND reason = 'failed' AND detail <> ''"
READ = "SELECT next_offset FROM position WHERE topic = $1 AND partition = 0"
SEQUENCE = "SELECT sequence FROM seen WHERE stream = $1 AND key = $2"
ANSWERED = """SELECT payload::json->>'submission' FROM outbox
WHERE type = $1 AND payload::jsonb->'problems' IS DISTINCT FROM '[]'"""
"""By acceptance or by a refusal that says why."""


@dataclass
class Case:
    """A record, and what is due to it. A header of None is left out; `null` gives it no value."""

    due: str
    value: bytes | None = GOOD
    headers: dict[str, str | bytes | None] = field(default_factory=dict)
    key: bytes | None = b"k"
    topic: Topic = FRONTOFFICE
    null: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def wire_headers(self) -> list[tuple[str, bytes | None]]:
        kinds: dict[Topic, type[Event]] = {
            FRONTOFFICE: ComplaintSubmitted,
            DIRECTORY: ServiceRecorded,
            EVALUATIONS: EvaluationOpened,
        }
        texts: dict[str, Any] = {"specversion": "1.0", "id": self.id, "source": "urn:office"}
        texts |= {"type": kinds[self.topic].type, "sequence": "1" if self.topic is not FRONTOFFICE else None}
        texts |= self.headers
        made = {f"ce_{n}": t.encode() if isinstance(t, str) else t for n, t in texts.items() if t is not None}
        return [*made.items(), *([(self.null, None)] if self.null else [])]


def unreadable() -> dict[str, bytes | None]:
    """Bodies that no service can read."""
    return {
        "broken JSON": b'{"category": "undue_delay", ',
        "NaN": b'{"category": "undue_delay", "text": NaN}',
        "deep nesting": b"[" * 100_000,
        "wrong types": b'{"category": 7, "text": [], "evaluation_id": {}}',
        "null bytes": b'{"category": "undue_delay", "text": "a\\u0000b"}',
        "no UTF-8": b'{"category": "\xe9\xff"}',
        "oversize": json.dumps({"category": "undue_delay", "text": "x" * 900_000, "evaluation_id": 1}).encode(),
        "empty": b"",
        "null value": None,
    }


OFFICES = {
    **{name: Case(REFUSED, value) for name, value in unreadable().items()},
    "next major": Case(REFUSED, headers={"type": ComplaintSubmitted.type.replace(".v1", ".v2")}),
    "no type": Case(REFUSED, headers={"type": None}),
    "another's type": Case(REFUSED, headers={"type": EvaluationOpened.type}),
    "no id": Case(BURIED, headers={"id": None}),
    "no source": Case(BURIED, headers={"source": None}),
    "null source": Case(BURIED, headers={"source": None}, null="ce_source"),
    "id without UTF-8": Case(BURIED, headers={"id": LATIN}),
    "unknown type": Case(REFUSED, headers={"type": ComplaintSubmitted.type.replace("Submitted", "Whispered")}),
    "longest name": Case(ACCEPTED, headers={"source": text(LONGEST)}, id=text(LONGEST)),
    "id too long for an index": Case(BURIED, headers={"source": text(LONGEST)}, id=text(4 * LONGEST)),
    "source too long": Case(BURIED, headers={"source": text(LONGEST + 1)}),
    "backslash before u0000": Case(ACCEPTED, a_complaint(text="C:\\u0000").model_dump_json().encode()),
    "null key": Case(ACCEPTED, key=None),
    "key without UTF-8": Case(ACCEPTED, key=LATIN),
    "foreign header without UTF-8": Case(ACCEPTED, headers={"elsewhere": LATIN}),
    "foreign header without a value": Case(ACCEPTED, null="trace"),
    "unknown field": Case(ACCEPTED, json.dumps({**json.loads(GOOD), "mood": "bad"}).encode()),
}
OWN = {
    **{name: Case(PARKED, value, key=name.encode(), topic=EVALUATIONS) for name, value in unreadable().items()},
    **{f"{name} of a state": Case(PARKED, value, key=name.encode(), topic=DIRECTORY)
       for name, value in unreadable().items()},
    "own next major": Case(
        PARKED, b"{}", {"type": EvaluationOpened.type.replace(".v1", ".v2")}, b"major", EVALUATIONS
    ),
    "own without id": Case(PARKED, SERVICE, {"id": None}, b"nameless", DIRECTORY),
    "own without source": Case(PARKED, SERVICE, {"source": None}, b"sourceless", DIRECTORY),
    "own null key": Case(BURIED, b"{}", key=None, topic=EVALUATIONS),
    "own key without UTF-8": Case(BURIED, SERVICE, key=LATIN, topic=DIRECTORY),
    "own key too long for an index": Case(BURIED, SERVICE, key=text(4 * LONGEST).encode(), topic=DIRECTORY),
    "own without sequence": Case(BURIED, SERVICE, {"sequence": None}, topic=DIRECTORY),
    "own sequence without UTF-8": Case(BURIED, SERVICE, {"sequence": LATIN}, topic=DIRECTORY),
    "own null sequence": Case(BURIED, SERVICE, {"sequence": None}, topic=DIRECTORY, null="ce_sequence"),
    "own unknown type": Case(
        PASSED, b"{}", {"type": EvaluationOpened.type.replace("Opened", "Dreamt")}, b"unknown", EVALUATIONS
    ),
    "own unknown field": Case(
        PASSED, json.dumps({**json.loads(SERVICE), "mood": "bad"}).encode(), key=b"service:skck", topic=DIRECTORY
    ),
    "own under another's key": Case(PARKED, SERVICE, key=b"service:another", topic=DIRECTORY),
}  # fmt: skip
CASES = {**OFFICES, **OWN}


async def test_every_bad_record_gets_what_is_due_to_it_and_the_partitions_keep_moving(
    complaints: Bench, kafka_address: str, topic_prefix: str
) -> None:
    """Weaker: one that nobody thought of ends the batch, the partition or the process."""
    settings = complaints.settings.model_copy(update={"kafka": kafka_address, "topic_prefix": topic_prefix})
    await complaints.pool.execute("TRUNCATE position")  # what the bench was given came from no topic
    await topics.provision(Brokers([kafka_address]), topic_prefix, service.listens.topics, 1)
    offsets = await _send(kafka_address, topic_prefix)
    inbox = Inbox(complaints.runner, service.listens)
    consumer = Consumer("complaints", settings, inbox)
    await consumer.start()
    try:
        await until(lambda: _have_been_read(complaints, offsets), 30)
        assert consumer.trouble() == ""
    finally:
        await consumer.stop()
    assert await _outcomes(complaints, offsets) == {name: case.due for name, case in CASES.items()}
    assert inbox.breaker.open == []


async def _send(bootstrap: str, prefix: str) -> dict[str, int]:
    """Send every case into partition 0 of its topic; gives their offsets."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        sent = {
            name: await producer.send(
                prefix + case.topic.name, case.value, key=case.key, partition=0, headers=case.wire_headers()
            )
            for name, case in CASES.items()
        }
        return {name: (await acknowledged).offset for name, acknowledged in sent.items()}
    finally:
        await producer.stop()


async def _have_been_read(complaints: Bench, offsets: dict[str, int]) -> bool:
    lasts = {CASES[name].topic: offset for name, offset in offsets.items()}
    reads = [await complaints.pool.fetchval(READ, topic.name) for topic in lasts]
    return all(read and read > last for read, last in zip(reads, lasts.values(), strict=True))


async def _outcomes(complaints: Bench, offsets: dict[str, int]) -> dict[str, str]:
    """What became of each case, by all the tables that could know of it."""
    accepted, refused = [
        await _column(complaints, ANSWERED, told.type) for told in (SubmissionAccepted, SubmissionRefused)
    ]
    found: dict[str, str] = {}
    for name, case in CASES.items():
        is_dead = offsets[name] in await _column(complaints, DEAD, case.topic.name)
        if case.id in accepted:
            found[name] = "a muddle" if is_dead else ACCEPTED
        elif is_dead:
            found[name] = REFUSED if case.id in refused else BURIED
        elif offsets[name] in await _column(complaints, KEPT, case.topic.name, (case.key or b"").decode()):
            found[name] = PARKED
        else:
            found[name] = PASSED if await _has_passed(complaints, case) else "lost"
    return found


async def _has_passed(complaints: Bench, case: Case) -> bool:
    """Of an own event that is ignored nothing is left but that its key has moved on."""
    return bool(await complaints.pool.fetchval(SEQUENCE, case.topic.name, (case.key or b"").decode()) == 1)


async def _column(complaints: Bench, sql: str, *arguments: str) -> set[Any]:
    return {row[0] for row in await complaints.pool.fetch(sql, *arguments)}
