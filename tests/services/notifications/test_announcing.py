"""Facts become deliveries, once, however they come; nothing is sent here."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.notifications.app import service
from shared.events.complaints import CommentAdded, ComplaintClosed, ComplaintReopened, Visibility
from shared.events.directory import EmployeeRecorded
from tests.servers import Database
from tests.services.notifications.facts import DECIDER, HANDLER, everything
from tests.services.notifications.test_channels import SETTINGS
from tests.services.notifications.test_rules import COMPLAINT, EMPLOYEE, SUPERIOR, completed, enrolled, filed
from tests.services.notifications.test_telling import TOLD
from tests.support import Bench, bench

ALL = "SELECT audience, what, channel, state FROM delivery ORDER BY audience, what, channel"


@pytest.fixture
async def notifications(database: Database) -> AsyncIterator[Bench]:
    async with bench(service, await database("notifications"), **SETTINGS) as made:
        yield made


def recorded(employee: UUID, superior: UUID | None = None, *, version: int = 1, name: str = "Sari") -> EmployeeRecorded:
    return EmployeeRecorded(
        employee_id=employee,
        version=version,
        name=name,
        email=f"{employee.int}@salor.example",
        unit="u",
        position="p",
        superior_id=superior,
        language="id",
    )


DIRECTORY = [recorded(EMPLOYEE, SUPERIOR), recorded(SUPERIOR, name="Budi")]


async def deliveries(bench: Bench) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await bench.pool.fetch(ALL)]


async def test_each_of_the_three_gets_a_mail_and_an_inbox_entry_on_its_way(notifications: Bench) -> None:
    await notifications.events(DIRECTORY)
    await notifications.events([filed(), completed()])
    assert await deliveries(notifications) == [
        (audience, what, channel, "pending")
        for audience, what in [
            ("citizen", "examined"),
            ("citizen", "received"),
            ("employee", "result_isolated"),
            ("superior", "review"),
        ]
        for channel in ("email", "inbox")
    ]


async def test_an_event_that_comes_again_puts_nothing_more_on_its_way(notifications: Bench) -> None:
    await notifications.events(DIRECTORY)
    records = await notifications.events([completed(), filed()])
    before = await deliveries(notifications)
    await notifications.records(records)
    assert await deliveries(notifications) == before


async def test_a_fact_about_somebody_unknown_waits_for_the_directory(notifications: Bench) -> None:
    await notifications.events([completed()])
    assert await deliveries(notifications) == []
    await notifications.events([recorded(EMPLOYEE, SUPERIOR)])
    await notifications.sweep()
    assert await deliveries(notifications) == [], "the superior is still unknown"
    await notifications.events([recorded(SUPERIOR)])
    await notifications.sweep()
    assert len(await deliveries(notifications)) == 6


async def test_a_citizen_is_told_once_however_many_revisions_the_complaint_causes(notifications: Bench) -> None:
    await notifications.events(DIRECTORY)
    await notifications.events([completed(), completed(revision=2), completed(revision=3)])
    told = [what for audience, what, channel, _ in await deliveries(notifications) if audience == "citizen"]
    assert told == ["examined", "examined"]
    told = [what for audience, what, channel, _ in await deliveries(notifications) if audience == "employee"]
    assert told == ["result_isolated"] * 2 + ["result_revised"] * 4, "nobody else is told less for that"


async def test_a_hidden_case_waits_visibly_for_the_collection_and_the_citizen_does_not(notifications: Bench) -> None:
    await notifications.events(DIRECTORY)
    await notifications.events([completed(visibility=Visibility.CONFIDENTIAL), enrolled(Visibility.CONFIDENTIAL)])
    found = await notifications.pool.fetch("SELECT audience, state, reason, not_before, next_at FROM delivery")
    assert len(found) == 10
    for row in found:
        waits = row["audience"] != "citizen"
        assert (row["state"], row["reason"]) == (("waiting", "daily collection") if waits else ("pending", ""))
        assert (row["not_before"] == row["next_at"]) is waits
        if waits:
            local = row["not_before"].astimezone(notifications.settings.zone)
            assert (local.hour, local.minute) == (8, 0)
            assert local > datetime.now(UTC)


async def test_an_older_record_of_the_directory_changes_nothing(notifications: Bench) -> None:
    newer, older = recorded(EMPLOYEE, version=3, name="Sari B."), recorded(EMPLOYEE, version=2, name="Sari")
    await notifications.events([newer])
    await notifications.events([older])
    assert await notifications.pool.fetchval("SELECT name FROM person") == "Sari B."


async def test_no_delivery_to_an_employee_or_superior_holds_the_complaint(notifications: Bench) -> None:
    await notifications.events(DIRECTORY)
    await notifications.events([completed(), enrolled()])
    rows = await notifications.pool.fetch("SELECT recipient, facts FROM delivery WHERE audience <> 'citizen'")
    assert rows
    assert not [row for row in rows if str(COMPLAINT) in str(dict(row))]


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_any_cutting_puts_the_same_on_its_way(notifications: Bench, one_by_one: bool) -> None:
    await notifications.events(DIRECTORY)
    events = [completed(), completed(revision=2), enrolled(), filed(), completed(employee=SUPERIOR)]
    await notifications.events(events, one_by_one=one_by_one)
    assert len(await deliveries(notifications)) == 6 + 4 + 4 + 2 + 2


async def test_a_second_reopening_is_told_again_and_a_redelivered_one_is_not(notifications: Bench) -> None:
    """Weaker: each thing is told once a complaint, so that who was told of one reopening never hears of another."""
    first, second = (ComplaintReopened(complaint_id=COMPLAINT, times=times) for times in (1, 2))
    records = await notifications.events([first, second])
    assert [what for _, what, _, _ in await deliveries(notifications)] == ["reopened"] * 4
    await notifications.records(records)
    await notifications.events([second])
    assert len(await deliveries(notifications)) == 4


async def test_each_closing_is_told_and_each_comment(notifications: Bench) -> None:
    comments = [CommentAdded(complaint_id=COMPLAINT, comment_id=uuid4(), by_reporter=False) for _ in range(2)]
    closings = [ComplaintClosed(complaint_id=COMPLAINT, by="handler")] * 2
    await notifications.events([*comments, *closings])
    told = [what for _, what, channel, _ in await deliveries(notifications) if channel == "inbox"]
    assert told == ["closed"] * 2 + ["commented"] * 2


async def test_every_fact_of_the_loop_puts_its_letters_on_their_way(notifications: Bench) -> None:
    people = [recorded(HANDLER), recorded(DECIDER)]
    await notifications.events([*DIRECTORY, *people])
    await notifications.events(everything())
    told = {what for _, what, _, _ in await deliveries(notifications)}
    assert told == {what for whats in TOLD.values() for what in whats}
