"""Deliveries are leased: every crash, every late sender and every lost answer between claim and record."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from services.notifications.actions.deliver import expire
from services.notifications.actions.record import record
from services.notifications.model.deliveries import Delivery
from services.notifications.model.policies import DeliveryPolicy
from services.notifications.model.words import Medium, Verb
from services.notifications.rules import sending
from services.notifications.store import deliveries
from shared.events.notifications import NotificationAccepted
from shared.messaging import errands
from shared.messaging.errands import Errand
from tests.services.notifications.office import ACCEPTED, World, deliver
from tests.services.notifications.test_rules import completed, filed

OVER = "UPDATE delivery SET lease_until = clock_timestamp() - interval '1 second' WHERE state IN ('claimed', 'sending')"
ATTEMPTS = "SELECT attempts FROM delivery WHERE delivery_id = $1"
CUT_OFF = """CREATE SEQUENCE tries;
CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('tries') % 3 > 0 THEN RAISE EXCEPTION USING errcode = '57P01'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cut_off BEFORE UPDATE ON delivery FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION cut_off()"""
"""Two of three attempts meet a server that is being stopped."""
TAKE_BACK = """CREATE SEQUENCE tries;
CREATE FUNCTION take_back() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF nextval('tries') < 3 THEN RAISE serialization_failure; END IF; RETURN NEW; END $$;
CREATE TRIGGER take_back BEFORE UPDATE ON delivery FOR EACH ROW
WHEN (NEW.state = 'claimed') EXECUTE FUNCTION take_back()"""
"""The first two claims of all."""

MANY = """INSERT INTO delivery (delivery_id, event_id, what, audience, recipient, channel, facts, correlation_id, state,
    next_at, created_at, changed_at)
SELECT gen_random_uuid(), $1 || n, 'examined', 'employee', gen_random_uuid(), 'inbox', '{}', n, $1, now(), now(), now()
FROM generate_series(1, $2::int) AS n"""
FETCHED = "SELECT pg_stat_get_xact_tuples_fetched('delivery'::regclass)"


async def claim(world: World) -> list[Delivery]:
    return await deliveries.claim(world.bench.pool, uuid4(), 30, dict.fromkeys(Medium, 100))


async def test_a_crash_before_the_call_sends_again_and_one_after_its_mark_leaves_it_unknown(world: World) -> None:
    await world.bench.events([completed()])
    by_audience = {d.audience: d for d in await claim(world) if d.channel is Medium.EMAIL}
    marked = by_audience[next(iter(by_audience))]
    assert await deliveries.attempt(world.bench.pool, marked, 30)
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
    assert [await deliveries.attempt(world.bench.pool, d, 30) for d in slept] == [False, False]
    await expire(world.office)
    await world.run()
    assert [await deliveries.attempt(world.bench.pool, d, 30) for d in slept] == [False, False]
    assert len(world.provider.taken) == 1


async def test_a_claim_reads_what_it_takes_however_much_is_due(world: World) -> None:
    """By a plan that is kept from when nothing was due. Weaker: each claim reads and sorts the whole backlog."""
    async with world.bench.pool.acquire() as connection, connection.transaction():

        async def claimed() -> int:
            return len(await deliveries.claim(connection, uuid4(), 30, {Medium.INBOX: 20}))

        await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        await connection.execute(MANY, "accepted", 120_000)
        assert await claimed() == 0
        await connection.execute(MANY, "pending", 5_000)
        before = await connection.fetchval(FETCHED)
        assert await claimed() == 20
        assert await connection.fetchval(FETCHED) - before <= 20 * 3


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


async def test_an_outcome_recorded_twice_is_told_once(world: World) -> None:
    await world.bench.events([filed()])
    claimed = [d for d in await claim(world) if d.channel is Medium.INBOX]
    again = [Errand(f"{d.delivery_id}", d.created_at, sending.outcome(d, Verb.ACCEPT)) for d in claimed]
    for _ in range(2):
        await errands.record(world.bench.runner, record, again)
    assert len(await world.bench.told()) == 1


async def test_the_policy_gives_a_lease_longer_than_a_provider_may_take(world: World) -> None:
    policy: DeliveryPolicy = world.office.policy
    assert timedelta(seconds=policy.lease_seconds) > timedelta(seconds=2 * world.bench.settings.smtp_timeout_seconds)


async def test_trouble_with_the_database_before_a_call_is_waited_out_and_the_message_sent(world: World) -> None:
    """Weaker: it waits until its lease runs out; where the mark was written it is `unknown`, though nothing went."""
    await world.bench.pool.execute(CUT_OFF)
    await world.bench.events([completed()])
    assert await world.run() == 6
    assert await world.states() == ACCEPTED
    assert len(world.provider.taken) == 3


async def test_trouble_with_the_database_at_a_claim_is_waited_out(world: World) -> None:
    """Weaker: the lot fails, and all that is due waits for a second."""
    await world.bench.events([completed()])
    await world.bench.pool.execute(TAKE_BACK)
    assert await deliver(world.office, Medium.INBOX) == 3


async def test_a_mark_whose_answer_was_lost_may_be_asked_for_again(world: World) -> None:
    await world.bench.events([filed()])
    (marked, *_) = await deliveries.claim(world.bench.pool, uuid4(), 30, {Medium.EMAIL: 1})
    assert [await deliveries.attempt(world.bench.pool, marked, 30) for _ in range(2)] == [True, True]
    assert await world.bench.pool.fetchval(ATTEMPTS, marked.delivery_id) == 1


async def test_what_was_claimed_and_given_back_is_due_at_the_next_look(world: World) -> None:
    """Weaker: a claim whose answer was lost waits for the end of its lease."""
    await world.bench.events([filed()])
    token = uuid4()
    claimed = await deliveries.claim(world.bench.pool, token, 30, {Medium.EMAIL: 10})
    assert await expire(world.office) == 0
    await deliveries.give_back(world.bench.pool, uuid4())
    assert await expire(world.office) == 0, "of that claim only"
    await deliveries.give_back(world.bench.pool, token)
    assert await expire(world.office) == len(claimed)
    assert await world.run() == len(claimed) + 1, "with the inbox"
