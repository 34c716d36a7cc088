"""Sending over a real database and a real SMTP server, and every crash in between."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notifications import rules, store
from services.notifications.actions.deliver import Office, deliver, expire
from services.notifications.actions.record import record
from services.notifications.app import service
from services.notifications.channels import Channel
from services.notifications.channels.email import Email
from services.notifications.channels.inbox import Inbox
from services.notifications.channels.letters import Letters
from services.notifications.model import Delivery, DeliveryPolicy, Medium, State, Verb
from shared.events.complaints import Visibility
from shared.events.notifications import NotificationAccepted, NotificationFailed
from shared.messaging import errands
from shared.messaging.errands import Errand
from tests.servers import Database
from tests.services.notifications.providers import Complaints, Provider, provider
from tests.services.notifications.test_announcing import DIRECTORY
from tests.services.notifications.test_channels import SENDER, SETTINGS
from tests.services.notifications.test_rules import COMPLAINT, EMPLOYEE, SUPERIOR, completed, filed
from tests.support import Bench, bench

OVER = "UPDATE delivery SET lease_until = clock_timestamp() - interval '1 second' WHERE state IN ('claimed', 'sending')"
DUE = "UPDATE delivery SET next_at = clock_timestamp() WHERE state IN ('pending', 'waiting')"
ATTEMPTS = "SELECT attempts FROM delivery WHERE delivery_id = $1"
STATES = "SELECT audience, channel, state, reason FROM delivery ORDER BY audience, channel"


@dataclass
class World:
    """The service on a bench, a provider whose answers a test chooses, and the vault."""

    bench: Bench
    provider: Provider
    complaints: Complaints
    office: Office

    async def run(self) -> int:
        """Deliver until nothing is due. Gives how many were claimed."""
        claimed = 0
        while lot := await deliver(self.office):
            claimed += lot
        return claimed

    async def states(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.bench.pool.fetch(STATES)]

    async def told(self) -> list[tuple[str, str, str]]:
        return [(type(e).__name__, e.audience, e.channel) for e in await self.bench.told()]  # type: ignore[attr-defined]


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with bench(service, await database("notifications"), **SETTINGS) as made, provider() as smtp:
        complaints = Complaints()
        complaints.knows(COMPLAINT, "ani@example.org", receipt_code="SLR-CODE")
        channels: dict[Medium, Channel] = {
            Medium.EMAIL: Email("127.0.0.1", smtp.port, SENDER, connections=2, timeout=2),
            Medium.INBOX: Inbox(partial(store.put_in_inbox, made.pool)),
        }
        letters = Letters("Kecamatan Salor", made.settings.zone)
        office = Office(made.runner, complaints.vault(), letters, channels)
        await made.events(DIRECTORY)
        yield World(made, smtp, complaints, office)
        await office.close()


CUT_OFF = """CREATE SEQUENCE tries;
CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('tries') % 3 > 0 THEN RAISE EXCEPTION USING errcode = '57P01'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cut_off BEFORE UPDATE ON delivery FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION cut_off()"""
"""Two of three attempts meet a server that is being stopped."""

ACCEPTED = [
    (audience, channel, "accepted", "")
    for audience in ("citizen", "employee", "superior")
    for channel in ("email", "inbox")
]


async def test_all_three_get_a_mail_and_an_inbox_entry_and_each_is_told(world: World) -> None:
    await world.bench.events([completed()])
    assert await world.run() == 6
    assert await world.states() == ACCEPTED
    mails = sorted(world.provider.taken)
    assert mails == ["1@salor.example", "2@salor.example", "ani@example.org"]
    assert sorted(await world.told()) == [("NotificationAccepted", a, c) for a, c, _, _ in ACCEPTED]
    for recipient in (EMPLOYEE, SUPERIOR, COMPLAINT):
        assert len(await store.inbox(world.bench.pool, recipient, None, 10)) == 1


async def test_what_is_told_of_a_delivery_belongs_to_the_flow_that_began_it(world: World) -> None:
    await world.bench.events([completed()])
    before = {r["correlation_id"] for r in await world.bench.pool.fetch("SELECT correlation_id FROM delivery")}
    await world.run()
    after = {r["correlation_id"] for r in await world.bench.pool.fetch("SELECT correlation_id FROM outbox")}
    assert after == before


async def test_the_vault_is_asked_once_a_lot_for_each_purpose(world: World) -> None:
    await world.bench.events([filed(), completed()])
    await world.run()
    assert sorted(world.complaints.asked) == [("examined", 1), ("received", 1)]


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
    assert await world.run() == 6
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


async def claim(world: World) -> list[Delivery]:
    return await store.claim(world.bench.pool, uuid4(), 30, 100)


async def test_a_crash_before_the_call_sends_again_and_one_after_its_mark_leaves_it_unknown(world: World) -> None:
    await world.bench.events([completed()])
    by_audience = {d.audience: d for d in await claim(world) if d.channel is Medium.EMAIL}
    marked = by_audience[next(iter(by_audience))]
    assert await store.attempt(world.bench.pool, marked, 30)
    assert await expire(world.office) == 0, "the lease holds"
    await world.bench.pool.execute(OVER)
    assert await expire(world.office) == 6
    await world.run()
    unknown = [row for row in await world.states() if row[2] == "unknown"]
    assert unknown == [(marked.audience, "email", "unknown", "lease ran out")]
    assert len(world.provider.taken) == 2
    assert len([told for told in await world.bench.told() if isinstance(told, NotificationAccepted)]) == 5


async def test_a_sender_that_wakes_after_its_lease_sends_nothing(world: World) -> None:
    await world.bench.events([filed()])
    slept = await claim(world)
    await world.bench.pool.execute(OVER)
    assert [await store.attempt(world.bench.pool, d, 30) for d in slept] == [False, False]
    await expire(world.office)
    await world.run()
    assert [await store.attempt(world.bench.pool, d, 30) for d in slept] == [False, False]
    assert len(world.provider.taken) == 1


async def test_two_senders_side_by_side_send_each_mail_once(world: World) -> None:
    complaints = [filed().model_copy(update={"complaint_id": uuid4()}) for _ in range(40)]
    for complaint in complaints:
        world.complaints.knows(complaint.complaint_id, f"{complaint.complaint_id}@example.org")
    await world.bench.events(complaints)
    other = replace(world.office, vault=world.complaints.vault())
    await asyncio.gather(world.run(), replace(world, office=other).run())
    assert len(world.provider.taken) == len(set(world.provider.taken)) == 40
    assert {state for _, _, state, _ in await world.states()} == {"accepted"}
    await other.vault.close()


async def test_a_letter_that_can_not_be_written_fails_alone(world: World) -> None:
    await world.bench.events([completed()])
    await world.bench.pool.execute("UPDATE delivery SET facts = '{}' WHERE audience = 'superior'")
    await world.run()
    states = await world.states()
    assert states[:4] == ACCEPTED[:4]
    assert states[4:] == [("superior", c, "failed", "not written: UndefinedError") for c in ("email", "inbox")]


async def test_an_outcome_recorded_twice_is_told_once(world: World) -> None:
    await world.bench.events([filed()])
    claimed = [d for d in await claim(world) if d.channel is Medium.INBOX]
    again = [Errand(f"{d.delivery_id}", d.created_at, rules.outcome(d, Verb.ACCEPT)) for d in claimed]
    for _ in range(2):
        await errands.record(world.bench.runner, record, again)
    assert len(await world.bench.told()) == 1


async def test_operators_see_deliveries_in_a_state_page_by_page_without_addresses(world: World) -> None:
    await world.bench.events([completed()])
    await world.run()
    seen: list[UUID] = []
    after: UUID | None = None
    while page := await store.deliveries(world.bench.pool, State.ACCEPTED, after, 4):
        seen += [each.delivery_id for each in page]
        after = seen[-1]
        assert "@" not in "".join(each.model_dump_json() for each in page)
    assert len(seen) == len(set(seen)) == 6


async def test_an_inbox_is_read_page_by_page_newest_first(world: World) -> None:
    await world.bench.events([completed(), *(completed(revision=n) for n in range(2, 7))])
    await world.run()
    pages: list[list[UUID]] = []
    before: UUID | None = None
    while page := await store.inbox(world.bench.pool, EMPLOYEE, before, 2):
        pages.append([entry.delivery_id for entry in page])
        before = pages[-1][-1]
    everything = await store.inbox(world.bench.pool, EMPLOYEE, None, 100)
    assert [each for page in pages for each in page] == [entry.delivery_id for entry in everything]
    assert sorted((e.at for e in everything), reverse=True) == [e.at for e in everything]


async def test_the_policy_gives_a_lease_longer_than_a_provider_may_take(world: World) -> None:
    policy: DeliveryPolicy = world.office.policy
    assert timedelta(seconds=policy.lease_seconds) > timedelta(seconds=2 * world.bench.settings.smtp_timeout_seconds)


async def test_trouble_with_the_database_before_a_call_is_waited_out_and_the_message_sent(world: World) -> None:
    """Weaker: it waits until its lease runs out; where the mark was written it is `unknown`, though nothing went."""
    await world.bench.pool.execute(CUT_OFF)
    await world.bench.events([completed()])
    assert await deliver(world.office) == 6
    assert await world.states() == ACCEPTED
    assert len(world.provider.taken) == 3


async def test_a_mark_whose_answer_was_lost_may_be_asked_for_again(world: World) -> None:
    await world.bench.events([filed()])
    (marked, *_) = await store.claim(world.bench.pool, uuid4(), 30, 1)
    assert [await store.attempt(world.bench.pool, marked, 30) for _ in range(2)] == [True, True]
    assert await world.bench.pool.fetchval(ATTEMPTS, marked.delivery_id) == 1


async def test_what_was_claimed_and_given_back_is_due_at_the_next_look(world: World) -> None:
    """Weaker: a claim whose answer was lost waits for the end of its lease."""
    await world.bench.events([filed()])
    token = uuid4()
    claimed = await store.claim(world.bench.pool, token, 30, 10)
    assert await expire(world.office) == 0
    await store.give_back(world.bench.pool, uuid4())
    assert await expire(world.office) == 0, "of that claim only"
    await store.give_back(world.bench.pool, token)
    assert await expire(world.office) == len(claimed)
    assert await world.run() == len(claimed)
