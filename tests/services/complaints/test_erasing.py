"""Who complained is forgotten at the end of the term; the complaint stays."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.complaints.actions import erasing
from services.complaints.model.policies import RetentionPolicy
from services.complaints.store.vault import CONTACTS
from shared.events.complaints import ReporterErased
from tests.services.complaints.given import POLICIES
from tests.services.complaints.test_filing import TRACES, every_word, file, filing
from tests.support import Bench

DAYS = POLICIES.in_force(RetentionPolicy, "retention", date(2026, 11, 24)).reporter_days.value
CONTACT = {"name": "Siti", "nik": "1871016908850001", "email": "siti@example.org", "language": "en"}
DUE = "INSERT INTO timer (name, subject, due) VALUES ('erase_reporters', '', now())"
MOVE_BACK = "UPDATE complaint SET filed_on = filed_on - $2::int WHERE complaint_id = $1"
ERASED = "SELECT erased_at IS NOT NULL FROM reporter ORDER BY complaint_id"
NEXT = "SELECT due FROM timer WHERE name = 'erase_reporters'"


async def erase(complaints: Bench) -> int:
    await complaints.pool.execute(DUE)
    return await complaints.timers()


async def test_a_reporter_is_erased_when_the_term_is_over_and_the_complaint_stays(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing(contact=CONTACT))
    await complaints.pool.execute(MOVE_BACK, complaint_id, DAYS)
    assert await erase(complaints) == 1
    for table in TRACES:
        words = await every_word(complaints, table)
        assert not any(word in words for word in ("siti", CONTACT["nik"])), table
    assert await complaints.pool.fetchval("SELECT text FROM complaint WHERE complaint_id = $1", complaint_id)
    assert await complaints.told(ReporterErased) == [ReporterErased(complaint_id=complaint_id)]


async def test_an_erased_reporter_is_still_known_to_the_vault_so_that_no_delivery_waits_for_it(
    complaints: Bench,
) -> None:
    complaint_id = await file(complaints, filing(contact=CONTACT))
    await complaints.pool.execute(MOVE_BACK, complaint_id, DAYS)
    await erase(complaints)
    [found] = await complaints.pool.fetch(CONTACTS, "delivery", "test", [complaint_id])
    assert (found["name"], found["email"], found["phone"], found["language"]) == (None, None, None, "en")


async def test_a_reporter_is_kept_until_the_term_is_over(complaints: Bench) -> None:
    complaint_id = await file(complaints, filing(contact=CONTACT))
    await complaints.pool.execute(MOVE_BACK, complaint_id, DAYS - 1)
    await erase(complaints)
    [found] = await complaints.pool.fetch(CONTACTS, "delivery", "test", [complaint_id])
    assert found["email"] == CONTACT["email"]


async def test_more_than_a_lot_is_erased_the_same_night(complaints: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "LOT", 2)
    for n in range(5):
        complaint_id = await file(complaints, filing(address=f"192.0.2.{n}"))
        await complaints.pool.execute(MOVE_BACK, complaint_id, DAYS)
    assert await erase(complaints) == 3
    assert [row[0] for row in await complaints.pool.fetch(ERASED)] == [True] * 5
    now = datetime.now(UTC)
    assert now < await complaints.pool.fetchval(NEXT) <= now + timedelta(days=1)
