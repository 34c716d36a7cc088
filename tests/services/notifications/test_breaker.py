"""A provider that is away: found out in a few calls, tried by single messages, and waited for, by a test's clock."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.actions.deliver import Office
from services.notifications.channels.breaker import FAILURES, Breaker
from services.notifications.model.deliveries import Sent
from services.notifications.model.words import Medium, Verb
from services.notifications.rules import sending
from tests.servers import MailSink
from tests.services.notifications.office import World, deliver
from tests.services.notifications.test_channels import email
from tests.services.notifications.test_rules import NOW, POLICY, completed, delivery, filed
from tests.shared.messaging.proxy import Proxy
from tests.shared.test_dependencies import close, hang, mend

BRIEF = POLICY.model_copy(update={"breaker_failures": 3, "breaker_seconds": 15, "patience_days": 5})
ANSWERS = [Verb.ACCEPT, Verb.RETRY, Verb.REFUSE, *FAILURES]
STATES = "SELECT channel, state, count(*), max(refusals), sum(attempts) FROM delivery GROUP BY 1, 2 ORDER BY 1, 2"


@dataclass
class Clock:
    """The real clock, ahead of itself by as much as a test likes."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def everything(office: Office) -> None:
    """Deliver all that is due by that clock."""
    while await deliver(office, *Medium):
        continue


async def states(world: World) -> dict[str, tuple[str, int, int, int]]:
    return {row[0]: tuple(row)[1:] for row in await world.bench.pool.fetch(STATES)}


@given(st.lists(st.sampled_from(ANSWERS)))
def test_the_breaker_is_open_exactly_behind_some_failures_in_a_row(answers: list[Verb]) -> None:
    breaker, streak = Breaker(Medium.EMAIL), 0
    for verb in answers:
        breaker.note(verb, BRIEF, NOW)
        streak = streak + 1 if verb in FAILURES else 0
    open_ = streak >= BRIEF.breaker_failures
    assert breaker.admits(BRIEF, NOW) == (0 if open_ else BRIEF.lot)
    assert breaker.admits(BRIEF, NOW + timedelta(seconds=15)) == (1 if open_ else BRIEF.lot), "one tries"


def test_a_policy_without_a_breaker_has_none() -> None:
    breaker = Breaker(Medium.EMAIL)
    for _ in range(100):
        breaker.note(Verb.POSTPONE, POLICY, NOW)
    assert breaker.admits(POLICY, NOW) == POLICY.lot


@given(st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(0, 10_000))
def test_a_provider_that_is_away_uses_up_days_and_no_attempts(age: timedelta, refusals: int) -> None:
    made = sending.settled(delivery(refusals), Sent(Verb.POSTPONE, "smtp 421"), BRIEF, NOW + age)
    if age >= timedelta(days=5):
        assert (made.verb, made.reason, made.next_at) == (Verb.REFUSE, "gave up: smtp 421", None)
    else:
        assert made.verb is Verb.POSTPONE
        assert made.next_at is not None
        assert 1 <= (made.next_at - NOW - age).total_seconds() <= BRIEF.backoff_limit_seconds


async def test_an_hour_without_a_mail_server_loses_nothing_and_keeps_nobody_waiting(
    world: World, mail_sink: MailSink
) -> None:
    """Weaker: after ten attempts, nine minutes, a message is given up."""
    citizens = {f"{uuid4()}@example.org": filed().model_copy(update={"complaint_id": uuid4()}) for _ in range(40)}
    for address, complaint in citizens.items():
        world.complaints.knows(complaint.complaint_id, address)
    async with Proxy(f"smtp://{mail_sink.host}:{mail_sink.port}") as way:
        clock, port = Clock(), urlsplit(way.url).port or 0
        channels = {**world.office.channels, Medium.EMAIL: email(port)}
        office = replace(world.office, clock=clock, channels=channels)
        await close(way)
        await world.bench.events(list(citizens.values()))
        for _ in range(60):
            await everything(office)
            assert (await states(world))["inbox"] == ("accepted", 40, 0, 0)
            clock.ahead += timedelta(minutes=1)
        state, messages, refusals, calls = (await states(world))["email"]
        assert (state, messages, refusals) == ("pending", 40, 0)
        assert calls < 2 * 60, "a breaker that is open lets one message a pause through"
        await mend(way)
        clock.ahead += timedelta(minutes=15)
        await everything(office)
        assert (await states(world))["email"][:2] == ("accepted", 40)
        await channels[Medium.EMAIL].close()
    to = [mail.recipients[0] for mail in mail_sink.mails() if mail.recipients[0] in citizens]
    assert sorted(to) == sorted(citizens)


async def test_a_mail_server_that_hangs_is_found_out_by_a_few_messages_of_a_lot(world: World) -> None:
    complaints = [filed().model_copy(update={"complaint_id": uuid4()}) for _ in range(20)]
    for complaint in complaints:
        world.complaints.knows(complaint.complaint_id, f"{complaint.complaint_id}@example.org")
    async with Proxy(f"smtp://127.0.0.1:{world.provider.port}") as way:
        channels = {**world.office.channels, Medium.EMAIL: email(urlsplit(way.url).port or 0, timeout=0.2)}
        office = replace(world.office, channels=channels)
        await hang(way)
        await world.bench.events(complaints)
        assert await deliver(office, Medium.EMAIL) == 20
        assert (await states(world))["email"][:3] == ("pending", 20, 0)
        assert (await states(world))["email"][3] <= office.policy.breaker_failures + 1, "two connections"
        assert await deliver(office, Medium.EMAIL) == 0, "nothing is claimed while the breaker is open"
        await channels[Medium.EMAIL].close()


async def test_after_days_without_the_server_a_message_is_given_up_and_told_as_failed(world: World) -> None:
    await world.bench.events([completed()])
    office = replace(world.office, clock=Clock(timedelta(days=6)))
    world.provider.mail = "421 closing"
    await everything(office)
    failed = [row for row in await world.states() if row[2] == "failed"]
    assert {row[1:] for row in failed} == {("email", "failed", "gave up: smtp 421")}
    assert ("NotificationFailed", "employee", "email") in await world.told()
