"""The audit says nothing of a system that keeps the promise, and names each lie of one that does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from deploy.local import district
from deploy.local.temporary import temporary_folder
from tests.faults import clients
from tests.faults.audit import BadInput, Evidence, NotQuiet, Topics, audit, judge, when_quiet
from tests.faults.audit.topics import Told
from tests.faults.fleet import Fleet

SECONDS = 3.0

# What a system that lies would leave in its tables, and the words in which the audit must say so.
TABLES = {
    "was accepted and is lost": ("complaints", "TRUNCATE complaint CASCADE"),
    "opened an evaluation, and is still assigned": (
        "complaints",
        "UPDATE complaint SET state = 'assigned' WHERE state = 'examined'",
    ),
    "1 standing evaluations and reason made up": (
        "evaluation",
        """INSERT INTO no_evaluation SELECT complaint_id, 'made up' FROM evaluation LIMIT 1""",
    ),
    "opened 1, enrolled 0": (
        "evaluation",
        """INSERT INTO need SELECT gen_random_uuid(), employee_id, 'ktp', 'timeliness', 'discipline', evaluation_id, 1,
        now() FROM evaluation LIMIT 1""",
    ),
    "has no delivery": ("notifications", "DELETE FROM delivery WHERE what = 'examined'"),
    "2 deliveries to officer and superior, not 4": (
        "notifications",
        "DELETE FROM delivery WHERE audience = 'superior'",
    ),
    "has 0 first messages": ("notifications", "DELETE FROM delivery WHERE what = 'received'"),
    "phantom events on evaluations.v1": ("evaluation", "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox)"),
    "were never sent": ("training", """INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id,
        causation_id, payload) VALUES ('trainings.v1', 'k', 1, gen_random_uuid(), 't', now(), '', '', '{}')"""),
    "training saw 1 of 2 events": ("training", "UPDATE seen SET sequence = 1 WHERE stream = 'evaluations.v1'"),
    "which nobody told": ("evaluation", "INSERT INTO seen VALUES ('complaints.v1', 'made up', 1)"),
    "is evaluated and unknown": ("evaluation", """INSERT INTO complaint SELECT (jsonb_populate_record(complaint,
        '{"complaint_id": "00000000-0000-4000-8000-000000000000"}')).* FROM complaint LIMIT 1"""),
    "was neither applied nor kept": ("complaints", "DELETE FROM stranger WHERE id = (SELECT min(id) FROM stranger)"),
    "was set aside, and nothing is wrong with it": ("notifications", """INSERT INTO dead_letter (topic, partition,
        record_offset, reason, header_names, header_values) VALUES ('complaints.v1', 0, 0, 'r', '{}', '{}')"""),
}  # fmt: skip


def _swapped(records: list[Told]) -> list[Told]:
    """The second event of a key in the place of the first."""
    second = next(one for one in records if one.sequence == 2)
    first = next(one for one in records if (one.key, one.sequence) == (second.key, 1))
    changed = {first: replace(first, offset=second.offset), second: replace(second, offset=first.offset)}
    return [changed.get(one, one) for one in records]


# What a relay that lies would leave on `evaluations.v1`.
TOPIC: dict[str, Callable[[list[Told]], list[Told]]] = {
    "2 came before 1": _swapped,
    "two events have the sequence 1": lambda records: [*records, replace(records[0], sequence=1, id="another")],
    "the topic has [1]": lambda records: [one for one in records if one.sequence == 1],
    "it lies on partitions": lambda records: [*records, replace(records[0], partition=99)],
}


@pytest.mark.timeout(120)
async def test_the_audit_is_silent_about_a_system_that_keeps_the_promise_and_tells_every_lie() -> None:
    async with temporary_folder("audit") as folder, Fleet(folder) as fleet:
        await district.load(fleet.stack.kafka, district.read())
        load = clients.plan(60, SECONDS)
        await load.run(fleet.stack)
        async with when_quiet(fleet.stack) as at:
            evidence = Evidence(at, Topics(), load.submissions)
            assert await audit(fleet.stack, evidence) == []
            await _every_lie_is_told(evidence)
        await _what_stands_still_is_told_from_what_is_late(fleet)


async def _what_stands_still_is_told_from_what_is_late(fleet: Fleet) -> None:
    """One that should be parked and never comes: no audit could be asked while it may be on its way."""
    for seconds, still, stands in ((60.0, 0.3, True), (0.3, 60.0, False)):
        with pytest.raises(NotQuiet, match="0 parked, 1 expected") as told:
            async with when_quiet(fleet.stack, seconds, parked=1, still=still):
                pass
        assert told.value.stands is stands


async def _every_lie_is_told(evidence: Evidence) -> None:
    for said, lie in TABLES.items():
        async with _taken_back(evidence, *lie):
            await _expect(said, evidence)
    for said, change in TOPIC.items():
        told = evidence.topics.told
        topics = replace(evidence.topics, told={**told, "evaluations.v1": change(told["evaluations.v1"])})
        await _expect(said, replace(evidence, topics=topics))
    for said, changed in _of_the_outside(evidence).items():
        await _expect(said, changed)


def _of_the_outside(evidence: Evidence) -> dict[str, Evidence]:
    """What clients, providers and senders of bad input would see of a system that lies."""
    accepted = next(one for one in evidence.submissions if one.complaint_id)
    place = ("complaints.v1", 0, 10_000)
    return {
        "has no answer": replace(evidence, submissions=[replace(accepted, complaint_id=None)]),
        "was refused": replace(evidence, submissions=[replace(accepted, complaint_id=None, refused="no")]),
        "is wrong and was accepted": replace(evidence, submissions=[replace(accepted, wrong=True)]),
        "no client that was told so": replace(evidence, submissions=evidence.submissions[1:]),
        "was sent 2 times": replace(evidence, mails=[*evidence.mails, evidence.mails[0]]),
        "accepted and no mail went": replace(evidence, mails=evidence.mails[1:]),
        "should be a dead letter, and is none": replace(evidence, bad=[BadInput(*place, "no readable key")]),
        "should be parked under bad-1, and is None": replace(evidence, bad=[BadInput(*place, "", key="bad-1")]),
        "was not answered": replace(evidence, bad=[BadInput(*place, "", answered="a submission")]),
    }


async def _expect(said: str, evidence: Evidence) -> None:
    told = [str(one) for one in await judge(evidence)]
    assert any(said in line for line in told), f"{said!r} is not told, but {told[:5]}"


@asynccontextmanager
async def _taken_back(evidence: Evidence, service: str, sql: str) -> AsyncIterator[None]:
    """A lie in a service's tables, for a moment."""
    lie = evidence.at[service].transaction()
    await lie.start()
    try:
        await evidence.at[service].execute(sql)
        yield
    finally:
        await lie.rollback()
