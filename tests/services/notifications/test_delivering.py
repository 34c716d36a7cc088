"""Sending over a real database and a real SMTP server."""

from uuid import UUID

from services.notifications.model.words import State
from services.notifications.store.deliveries import deliveries
from services.notifications.store.inbox import inbox
from shared.events.complaints import Visibility
from shared.events.notifications import NotificationFailed
from tests.services.notifications.office import ACCEPTED, World
from tests.services.notifications.test_rules import COMPLAINT, EMPLOYEE, SUPERIOR, completed, filed

DUE = "UPDATE delivery SET next_at = clock_timestamp() WHERE state IN ('pending', 'waiting')"


async def test_all_three_get_a_mail_and_an_inbox_entry_and_each_is_told(world: World) -> None:
    await world.bench.events([completed()])
    assert await world.run() == 6
    assert await world.states() == ACCEPTED
    mails = sorted(world.provider.taken)
    assert mails == ["1@salor.example", "2@salor.example", "ani@example.org"]
    assert sorted(await world.told()) == [("NotificationAccepted", a, c) for a, c, _, _ in ACCEPTED]
    for recipient in (EMPLOYEE, SUPERIOR, COMPLAINT):
        assert len(await inbox(world.bench.pool, recipient, None, 10)) == 1


async def test_what_is_told_of_a_delivery_belongs_to_the_flow_that_began_it(world: World) -> None:
    await world.bench.events([completed()])
    before = {r["correlation_id"] for r in await world.bench.pool.fetch("SELECT correlation_id FROM delivery")}
    await world.run()
    after = {r["correlation_id"] for r in await world.bench.pool.fetch("SELECT correlation_id FROM outbox")}
    assert after == before


async def test_the_vault_is_asked_once_a_lot_for_each_purpose(world: World) -> None:
    await world.bench.events([filed(), completed()])
    await world.run()
    assert sorted(world.complaints.asked) == [("examined", 1), ("received", 1)], "for mail and inbox together"


async def test_the_receipt_code_is_kept_nowhere(world: World) -> None:
    await world.bench.events([filed()])
    await world.run()
    tables = ["delivery", "inbox", "outbox", "person"]
    kept = [str(await world.bench.pool.fetch(f"SELECT * FROM {table}")) for table in tables]
    assert not any("SLR-CODE" in rows or "ani@example.org" in rows for rows in kept)


async def test_a_citizen_without_an_address_has_the_inbox_and_the_mail_is_suppressed(world: World) -> None:
    world.complaints.knows(COMPLAINT, None)
    await world.bench.events([filed()])
    await world.run()
    assert await world.states() == [
        ("citizen", "email", "suppressed", "no address"),
        ("citizen", "inbox", "accepted", ""),
    ]


async def test_while_the_vault_is_away_citizens_wait_and_the_others_are_told(world: World) -> None:
    world.complaints.away = True
    await world.bench.events([completed()])
    await world.run()
    assert (await world.states())[:2] == [("citizen", c, "waiting", "vault 503") for c in ("email", "inbox")]
    assert (await world.states())[2:] == ACCEPTED[2:]
    world.complaints.away = False
    await world.bench.pool.execute(DUE)
    assert await world.run() == 2
    assert await world.states() == ACCEPTED


async def test_a_complaint_that_the_vault_does_not_know_waits(world: World) -> None:
    world.complaints.contacts.clear()
    await world.bench.events([filed()])
    await world.run()
    assert await world.states() == [("citizen", c, "waiting", "no contact") for c in ("email", "inbox")]


async def test_a_hidden_case_is_not_sent_before_its_time(world: World) -> None:
    await world.bench.events([completed(visibility=Visibility.ANONYMOUS)])
    assert await world.run() == 2
    assert world.provider.taken == ["ani@example.org"]
    await world.bench.pool.execute(DUE)
    assert await world.run() == 4
    assert await world.states() == ACCEPTED


async def test_a_refusal_for_now_is_tried_again_later_and_one_for_good_is_told_as_failed(world: World) -> None:
    await world.bench.events([completed()])
    world.provider.rcpt = "451 later"
    await world.run()
    assert [row for row in await world.states() if row[1] == "email"] == [
        (a, "email", "pending", "smtp 451") for a in ("citizen", "employee", "superior")
    ]
    world.provider.rcpt = "550 unknown"
    await world.bench.pool.execute(DUE)
    await world.run()
    failed = [told for told in await world.bench.told() if isinstance(told, NotificationFailed)]
    assert {(told.channel, told.reason) for told in failed} == {("email", "smtp 550")}
    assert len(failed) == 3


async def test_a_lost_answer_is_unknown_and_never_sent_again(world: World) -> None:
    world.provider.cut = True
    await world.bench.events([filed()])
    await world.run()
    world.provider.cut = False
    await world.bench.pool.execute(DUE)
    assert await world.run() == 0
    assert (await world.states())[0] == ("citizen", "email", "unknown", "smtp SMTPServerDisconnected")
    assert world.provider.taken == ["ani@example.org"]
    (failed,) = [told for told in await world.bench.told() if isinstance(told, NotificationFailed)]
    assert failed.reason == "outcome unknown"


async def test_a_letter_that_can_not_be_written_fails_alone(world: World) -> None:
    await world.bench.events([completed()])
    await world.bench.pool.execute("UPDATE delivery SET facts = '{}' WHERE audience = 'superior'")
    await world.run()
    states = await world.states()
    assert states[:4] == ACCEPTED[:4]
    assert states[4:] == [("superior", c, "failed", "not written: UndefinedError") for c in ("email", "inbox")]


async def test_operators_see_deliveries_in_a_state_page_by_page_without_addresses(world: World) -> None:
    await world.bench.events([completed()])
    await world.run()
    seen: list[UUID] = []
    after: UUID | None = None
    while page := await deliveries(world.bench.pool, State.ACCEPTED, after, 4):
        seen += [each.delivery_id for each in page]
        after = seen[-1]
        assert "@" not in "".join(each.model_dump_json() for each in page)
    assert len(seen) == len(set(seen)) == 6


async def test_an_inbox_is_read_page_by_page_newest_first(world: World) -> None:
    await world.bench.events([completed(), *(completed(revision=n) for n in range(2, 7))])
    await world.run()
    pages: list[list[UUID]] = []
    before: UUID | None = None
    while page := await inbox(world.bench.pool, EMPLOYEE, before, 2):
        pages.append([entry.delivery_id for entry in page])
        before = pages[-1][-1]
    everything = await inbox(world.bench.pool, EMPLOYEE, None, 100)
    assert [each for page in pages for each in page] == [entry.delivery_id for entry in everything]
    assert sorted((e.at for e in everything), reverse=True) == [e.at for e in everything]
