"""What recipients want: courtesies may be done without by mail, legal notices always come, the inbox has all."""

from services.notifications.actions.prefer import prefer, recipient
from services.notifications.model.documents import Preferences, Preferring
from services.notifications.model.policies import NoticesPolicy
from services.notifications.model.whats import What
from services.notifications.store.inbox import inbox
from shared.events.complaints import ComplaintAnswered, ComplaintReopened, Finding
from shared.events.notifications import NotificationSuppressed
from shared.messaging.requests import Command
from tests.services.notifications.office import World
from tests.services.notifications.test_rules import COMPLAINT

PREFER = Command("prefer", prefer, locks=recipient)
REOPENED = ComplaintReopened(complaint_id=COMPLAINT, times=1)
ANSWERED = ComplaintAnswered(complaint_id=COMPLAINT, employee_id=None, finding=Finding.UPHELD, times=1)


async def want(world: World, wanted: bool) -> None:
    asked = Preferring(recipient=COMPLAINT, preferences=Preferences(courtesy_mails=wanted))
    status, answer = await world.bench.command(PREFER, asked)
    assert (status, Preferences.model_validate_json(answer).courtesy_mails) == (200, wanted)


async def mails(world: World) -> dict[What | None, tuple[str | None, str]]:
    return {e.what: (e.mail, e.mail_reason) for e in await inbox(world.bench.pool, COMPLAINT, None, 10)}


async def test_whoever_wants_no_courtesies_gets_legal_notices_by_mail_and_the_rest_in_the_inbox(world: World) -> None:
    await want(world, False)
    await world.bench.events([REOPENED, ANSWERED])
    await world.run()
    assert await mails(world) == {What.REOPENED: ("suppressed", "not wanted"), What.ANSWERED: ("accepted", "")}
    assert world.provider.taken == ["ani@example.org"]
    told = await world.bench.told(NotificationSuppressed)
    assert [event.model_dump()["reason"] for event in told] == ["not wanted"]


async def test_the_last_word_counts_for_what_is_not_sent_yet(world: World) -> None:
    await want(world, False)
    await world.bench.events([REOPENED])
    await want(world, True)
    await world.run()
    assert await mails(world) == {What.REOPENED: ("accepted", "")}


async def test_without_an_address_the_reason_is_in_the_inbox_too(world: World) -> None:
    world.complaints.knows(COMPLAINT, None)
    await world.bench.events([ANSWERED])
    await world.run()
    assert await mails(world) == {What.ANSWERED: ("suppressed", "no address")}
    assert [type(event) for event in await world.bench.told(NotificationSuppressed)] == [NotificationSuppressed]


async def test_no_notice_with_a_right_a_term_or_a_duty_in_it_is_a_courtesy(world: World) -> None:
    policy: NoticesPolicy = world.office.notices
    legal = {What.RECEIVED, What.ANSWERED, What.DATA_REQUESTED, What.REJECTED, What.DEADLINE_MOVED}
    legal |= {What.IDENTITY_REVEALED, What.ERASED, What.CONFIRMED, What.ADJUSTED, What.OBJECTION_DECIDED, What.REVIEW}
    legal |= {What.REVIEW_OBJECTION, What.ENROLLED, What.PROMOTED, What.DEADLINE_NEAR, What.ESCALATED}
    assert not legal & set(policy.courtesy)
