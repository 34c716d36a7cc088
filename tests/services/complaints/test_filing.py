"""Filing by both doors, on a real database."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.complaints.api.reports import FILE
from services.complaints.model.documents import Filing
from services.complaints.rules.receipt import receipt_code
from services.complaints.rules.states import Impossible
from shared.errors import Problem
from shared.events.complaints import ComplaintFiled, SubmissionAccepted, SubmissionRefused, Visibility
from shared.events.evaluation import EvaluationOpened
from shared.messaging.record import Record
from tests.services.complaints.given import DAYS, KEYS, OFFICER, POLICY, a_complaint
from tests.support import Bench, record_of

TRACES = ("complaint", "reporter", "recent_filing", "request", "outbox")
KEY = "7d1fb7b5-6f0b-4c73-9a53-6a6bb2c5c1a1"
TOMORROW = DAYS.local_day(datetime.now(UTC)) + timedelta(2)


def filing(address: str = "192.0.2.1", **more: Any) -> Filing:
    return Filing(submission=a_complaint(**more), address=address)


async def counts(bench: Bench) -> dict[str, int]:
    return {table: await bench.pool.fetchval(f"SELECT count(*) FROM {table}") for table in TRACES}


async def every_word(bench: Bench, table: str) -> str:
    return str(await bench.pool.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t"))


async def file(bench: Bench, body: Filing, key: str | None = None) -> UUID:
    status, answer = await bench.command(FILE, body, key=key)
    assert status == 201
    return UUID(json.loads(answer)["complaint_id"])


async def submit(bench: Bench, event_id: str, **more: Any) -> Record:
    record = record_of(a_complaint(**more), 0, event_id=event_id, source="urn:office")
    await bench.records([record])
    return record


async def test_a_filing_is_kept_and_told_without_its_reporter(complaints: Bench) -> None:
    contact = {"name": "Siti", "nik": "1871016908850001", "email": "Siti@Example.org"}
    complaint_id = await file(complaints, filing(employee_id=OFFICER, contact=contact))
    (told,) = await complaints.told(ComplaintFiled)
    assert isinstance(told, ComplaintFiled)
    assert (told.complaint_id, told.employee_id, told.part) == (complaint_id, OFFICER, "delay")
    (row,) = await complaints.pool.fetch("SELECT * FROM reporter")
    assert (row["complaint_id"], row["email"]) == (complaint_id, "siti@example.org")
    for table in ("complaint", "outbox", "request", "recent_filing"):
        words = (await every_word(complaints, table)).lower()
        assert not any(word in words for word in ("siti", "1871016908850001", "192.0.2.1")), table


async def test_a_repeated_filing_is_one_complaint_with_the_same_answer(complaints: Bench) -> None:
    first = await file(complaints, filing(), KEY)
    assert await file(complaints, filing(), KEY) == first
    assert await file(complaints, filing(address="198.51.100.7"), KEY) == first, "a telephone may change its network"
    assert (await counts(complaints))["complaint"] == 1
    with pytest.raises(Problem, match="another body"):
        await file(complaints, filing(text="something else"), KEY)


async def test_no_receipt_code_is_stored_or_told(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing())
    code = receipt_code(bytes.fromhex(KEYS["receipt_keys"]), complaint_id)
    for table in TRACES:
        words = await every_word(complaints, table)
        assert code not in words
        assert code.replace("-", "") not in words


async def test_a_refused_filing_leaves_no_trace(complaints: Bench) -> None:
    before = await counts(complaints)
    with pytest.raises(Problem) as refusal:
        await file(complaints, filing(category="nope", service="nope", occurred_on=TOMORROW))
    assert [error.field for error in refusal.value.errors] == ["category", "service", "occurred_on"]
    assert await counts(complaints) == before


async def test_one_contact_files_up_to_its_limit(complaints: Bench) -> None:
    contact = {"phone": "0812-3456-7890"}
    for n in range(POLICY.per_contact.filings):
        await file(complaints, filing(address=f"192.0.2.{n}", contact=contact))
    before = await counts(complaints)
    with pytest.raises(Problem) as refusal:
        await file(complaints, filing(address="198.51.100.1", contact={"phone": "+6281234567890"}))
    assert refusal.value.status == 429
    longest = POLICY.per_contact.minutes * 60
    assert longest - 60 < (refusal.value.retry_after or 0) <= longest + 1
    assert await counts(complaints) == before
    await file(complaints, filing(contact={"phone": "081234567891"}))


async def test_one_address_files_up_to_its_limit_until_the_window_has_passed(complaints: Bench) -> None:
    await file(complaints, filing())
    subject = await complaints.pool.fetchval("SELECT subject FROM recent_filing")
    more, window = POLICY.per_address.filings - 1, timedelta(minutes=POLICY.per_address.minutes)
    await complaints.pool.execute(
        "INSERT INTO recent_filing SELECT $1, now() FROM generate_series(1, $2)", subject, more
    )
    with pytest.raises(Problem, match="Too many reports"):
        await file(complaints, filing())
    await file(complaints, filing(address="192.0.2.2"))
    await complaints.pool.execute("UPDATE recent_filing SET at = at - $1::interval", window)
    await file(complaints, filing())


async def test_filings_that_no_window_reaches_are_forgotten_daily(complaints: Bench) -> None:
    await file(complaints, filing())
    await complaints.pool.execute("INSERT INTO timer (name, subject, due) VALUES ('trim_recent_filings', '', now())")
    await complaints.timers(datetime.now(UTC) + timedelta(minutes=1))
    assert (await counts(complaints))["recent_filing"] == 1
    await complaints.pool.execute("UPDATE timer SET due = now()")
    await complaints.pool.execute("UPDATE recent_filing SET at = at - interval '2 days'")
    await complaints.timers(datetime.now(UTC) + timedelta(minutes=1))
    assert (await counts(complaints))["recent_filing"] == 0


async def test_an_offices_submission_is_accepted_with_its_complaints_id(complaints: Bench) -> None:
    await submit(complaints, "sub-1", confidential=True)
    (filed,) = await complaints.told(ComplaintFiled)
    (accepted,) = await complaints.told(SubmissionAccepted)
    assert isinstance(filed, ComplaintFiled)
    assert filed.visibility is Visibility.CONFIDENTIAL
    assert accepted == SubmissionAccepted(source="urn:office", submission="sub-1", complaint_id=filed.complaint_id)


async def test_a_submission_that_comes_again_is_one_complaint_even_when_the_chassis_forgot_it(
    complaints: Bench,
) -> None:
    record = await submit(complaints, "sub-1")
    await complaints.records([record, record])
    await complaints.pool.execute("DELETE FROM stranger")
    await complaints.records([record])
    assert (await counts(complaints))["complaint"] == 1
    assert len(await complaints.told()) == 2
    assert await complaints.pool.fetchval("SELECT count(*) FROM dead_letter") == 0, "a repetition is no failure"


async def test_two_offices_may_number_alike(complaints: Bench) -> None:
    await submit(complaints, "sub-1")
    await complaints.records([record_of(a_complaint(), 0, event_id="sub-1", source="urn:other")])
    accepted = await complaints.told(SubmissionAccepted)
    assert len({event.complaint_id for event in accepted if isinstance(event, SubmissionAccepted)}) == 2


async def test_a_refused_submission_leaves_no_row_and_is_answered_field_by_field(complaints: Bench) -> None:
    await submit(complaints, "sub-1", category="nope", contact={"nik": "9" * 16})
    (refused,) = await complaints.told()
    assert isinstance(refused, SubmissionRefused)
    assert (refused.source, refused.submission) == ("urn:office", "sub-1")
    assert [problem.field for problem in refused.problems] == ["category", "contact.nik"]
    assert await counts(complaints) == dict.fromkeys(TRACES, 0) | {"outbox": 1}


async def test_a_submission_that_cannot_be_read_is_answered_too(complaints: Bench) -> None:
    record = record_of(a_complaint(), 0, event_id="sub-1", source="urn:office")
    body = json.dumps({"category": "undue_delay", "text": "x", "contact": {"email": "not an address"}}).encode()
    await complaints.records([Record(record.topic, 0, 9, record.key, record.headers, body)])
    (refused,) = await complaints.told()
    assert isinstance(refused, SubmissionRefused)
    assert [problem.field for problem in refused.problems] == ["contact.email"]
    assert "not an address" not in refused.model_dump_json()
    assert await complaints.pool.fetchval("SELECT count(*) FROM dead_letter") == 1


async def test_offices_are_not_limited(complaints: Bench) -> None:
    contact = {"phone": "081234567890"}
    many = [record_of(a_complaint(contact=contact), 0, event_id=f"s{n}") for n in range(POLICY.per_contact.filings + 5)]
    await complaints.records(many)
    assert (await counts(complaints))["complaint"] == len(many)
    references = await complaints.pool.fetch("SELECT DISTINCT reporter_ref FROM complaint")
    assert len(references) == 1


def opened(complaint_id: UUID, n: int = 1) -> EvaluationOpened:
    return EvaluationOpened(
        evaluation_id=UUID(int=n),
        complaint_id=complaint_id,
        incident_id=UUID(int=n),
        employee_id=OFFICER,
        visibility=Visibility.OPEN,
    )


async def test_a_complaint_is_examined_once_its_evaluation_was_opened(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing(employee_id=OFFICER))
    await complaints.events([opened(complaint_id), opened(complaint_id, 2)])
    assert await complaints.pool.fetchval("SELECT state FROM complaint") == "examined"


async def test_an_evaluation_of_a_complaint_that_was_lost_waits_and_stops_nobody(complaints: Bench) -> None:
    """Weaker: after a restore the breaker opens over so many failures, and nothing else is read either."""
    known = await file(complaints, filing(employee_id=OFFICER))
    await complaints.events([opened(UUID(int=n), n) for n in range(100, 150)] + [opened(known)])
    assert await complaints.pool.fetchval("SELECT state FROM complaint") == "examined"
    waits = "SELECT count(*) FROM parked WHERE reason = 'waiting' AND fact_stream = 'complaints.v1'"
    assert await complaints.pool.fetchval(waits) == 50


async def test_an_evaluation_of_nobody_is_parked_not_swallowed(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing())
    await complaints.events([opened(complaint_id)])
    assert await complaints.pool.fetchval("SELECT state FROM complaint") == "received"
    (detail,) = [row["detail"] for row in await complaints.pool.fetch("SELECT detail FROM parked")]
    assert Impossible.__name__ in detail
