"""Sending: claim -> commit -> ask the vault -> render -> call with no transaction open -> record.

A crash before the mark `sending` sends again; a crash between the mark and the record leaves `unknown`, never a guess.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import structlog
from jinja2 import TemplateError

from services.notifications.actions.record import record
from services.notifications.channels import Channel
from services.notifications.channels.breaker import Breaker
from services.notifications.channels.letters import Letters
from services.notifications.channels.vault import Vault, VaultAway
from services.notifications.model.deliveries import Contact, Delivery, Message, Outcome
from services.notifications.model.notices import Person
from services.notifications.model.policies import DeliveryPolicy, NoticesPolicy
from services.notifications.model.words import Audience, Medium, Verb
from services.notifications.rules import sending
from services.notifications.store import deliveries, people, preferences
from shared.clock import WorkingDays
from shared.db import Pool
from shared.messaging import errands
from shared.messaging.errands import Errand
from shared.messaging.failures import patiently
from shared.messaging.runner import Runner

log = structlog.get_logger()


def real_clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Office:
    """All that sending needs: the runner that records, the vault that knows citizens, the letters, the channels."""

    runner: Runner
    vault: Vault
    letters: Letters
    channels: Mapping[Medium, Channel]
    clock: Callable[[], datetime] = real_clock
    breakers: Mapping[Medium, Breaker] = field(default_factory=lambda: {each: Breaker(each) for each in Medium})

    @property
    def pool(self) -> Pool:
        """The service's database."""
        return self.runner.pool

    @property
    def policy(self) -> DeliveryPolicy:
        """The numbers in force today."""
        return self.runner.policies.in_force(DeliveryPolicy, "delivery", self._today())

    @property
    def notices(self) -> NoticesPolicy:
        """What is a courtesy today."""
        return self.runner.policies.in_force(NoticesPolicy, "notices", self._today())

    def _today(self) -> date:
        return WorkingDays(self.runner.settings.zone).local_day(self.clock())

    async def warm(self) -> None:
        """Do ahead what the first lot would have to wait for."""
        self.letters.warm()
        await self.vault.warm()

    async def close(self) -> None:
        """Let go of all connections to the outside."""
        await self.vault.close()
        for channel in self.channels.values():
            await channel.close()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the recipients of a lot: people, citizens' contacts, and who wants no courtesies by mail.

    `missing`: why a citizen's contact may not be here.
    """

    people: Mapping[UUID, Person]
    contacts: Mapping[tuple[str, UUID], Contact]
    missing: str
    unwilling: set[UUID]

    def contact(self, delivery: Delivery) -> Contact | None:
        """How to reach a recipient."""
        if delivery.audience is Audience.CITIZEN:
            return self.contacts.get((delivery.what.value, delivery.recipient))
        person = self.people[delivery.recipient]
        return Contact(person.language, person.name, person.email)

    def introduces(self, delivery: Delivery) -> bool:
        """Whether this is the recipient's first letter about an evaluation."""
        person = self.people.get(delivery.recipient)
        first = sending.introductions([delivery]).get(delivery.recipient)
        return person is not None and first is not None and person.introduced_by == first


@dataclass(slots=True)
class Part:
    """Letters that are sent together, and outcomes of deliveries that need no call: recorded at once."""

    letters: list[tuple[Delivery, Message]] = field(default_factory=list)
    settled: list[Outcome] = field(default_factory=list)


@dataclass(slots=True)
class Lot:
    """What was claimed together. `here` needs our own database alone, `beyond` takes as long as a provider does."""

    claimed: Sequence[Delivery]
    here: Part = field(default_factory=Part)
    beyond: Part = field(default_factory=Part)


async def take(office: Office, media: Collection[Medium]) -> Lot:
    """Claim what is due by some channels, and write the letters."""
    policy, now = office.policy, office.clock()
    most = {medium: count for medium in media if (count := office.breakers[medium].admits(policy, now))}
    lot = Lot(await patiently(lambda: _claim(office, policy, most)) if most else [])
    if not lot.claimed:
        return lot
    known = await _look_up(office, lot.claimed)
    for delivery in lot.claimed:
        try:
            written = _write(office, policy, delivery, known)
        except Exception as error:
            _failed(error)
            continue
        if isinstance(written, Outcome):
            lot.here.settled.append(written)
        else:
            part = lot.here if office.channels[delivery.channel].repeatable else lot.beyond
            part.letters.append((delivery, written))
    return lot


async def send(office: Office, part: Part) -> None:
    """Send letters, and record what became of them; of those that fail here the leases run out."""
    policy = office.policy
    sent = await asyncio.gather(*(_send(office, policy, *letter) for letter in part.letters), return_exceptions=True)
    await _record(office, [*part.settled, *(outcome for outcome in sent if isinstance(outcome, Outcome))])
    for failure in (each for each in sent if isinstance(each, BaseException)):
        _failed(failure)


def _failed(error: BaseException) -> None:
    log.warning("delivery_failed", error=type(error).__name__)


async def expire(office: Office) -> int:
    """Move on from leases that ran out: not yet begun is due again, begun is unknown. Gives how many."""
    over = await deliveries.expired(office.pool, office.policy.lot)
    await _record(office, over)
    return len(over)


async def _claim(office: Office, policy: DeliveryPolicy, most: Mapping[Medium, int]) -> list[Delivery]:
    """What is due. A claim whose answer was lost may stand: it is given back, or it would wait for its lease's end."""
    token, now = uuid4(), office.clock()
    try:
        return await deliveries.claim(office.pool, token, policy.lease_seconds, most, now)
    except Exception:
        await patiently(lambda: deliveries.give_back(office.pool, token))
        raise


async def _look_up(office: Office, lot: Sequence[Delivery]) -> Known:
    found, unwilling, (contacts, missing) = await asyncio.gather(
        _people(office, lot), _unwilling(office, lot), _ask_vault(office, lot)
    )
    return Known(found, contacts, missing, unwilling)


async def _people(office: Office, lot: Sequence[Delivery]) -> dict[UUID, Person]:
    """The civil servants of a lot. Whoever has had no letter about an evaluation is introduced by the first of it."""
    staff = {d.recipient for d in lot if d.audience is not Audience.CITIZEN}
    found = await patiently(lambda: people.people(office.pool, staff)) if staff else {}
    new = {one.employee_id for one in found.values() if one.introduced_by is None}
    first = {employee: event for employee, event in sending.introductions(lot).items() if employee in new}
    if first:
        introduced = await patiently(lambda: people.introduce(office.pool, first))
        found |= {one: replace(found[one], introduced_by=event) for one, event in introduced.items()}
    return found


async def _unwilling(office: Office, lot: Sequence[Delivery]) -> set[UUID]:
    """Those who get a courtesy by mail in this lot, and want none."""
    courtesies = {d.recipient for d in lot if d.channel is Medium.EMAIL and d.what in office.notices.courtesy}
    return await patiently(lambda: preferences.unwilling(office.pool, courtesies)) if courtesies else set()


async def _ask_vault(office: Office, lot: Sequence[Delivery]) -> tuple[Mapping[tuple[str, UUID], Contact], str]:
    """The citizens' contacts, and why one may not be there."""
    try:
        return await office.vault.contacts(sending.purposes(lot)), "no contact"
    except VaultAway as error:
        log.warning("vault_away", reason=str(error))
        return {}, str(error)


def _write(office: Office, policy: DeliveryPolicy, delivery: Delivery, known: Known) -> Message | Outcome:
    """The letter of a delivery, or what became of it without one."""
    contact = known.contact(delivery)
    if contact is None:
        return sending.held(delivery, known.missing, policy, office.clock())
    if reason := sending.unsent(delivery, contact, office.notices.courtesy, known.unwilling):
        return sending.outcome(delivery, Verb.SUPPRESS, reason)
    try:
        return office.letters.write(delivery, contact, first=known.introduces(delivery))
    except (ValueError, LookupError, TemplateError) as error:
        return sending.outcome(delivery, Verb.REFUSE, f"not written: {type(error).__name__}")


async def _send(office: Office, policy: DeliveryPolicy, delivery: Delivery, message: Message) -> Outcome | None:
    """What became of one delivery; none where its lease was lost before the call, so that nothing was sent.

    Its turn may come after the provider was found to be away: then it is not called.
    """
    channel, breaker = office.channels[delivery.channel], office.breakers[delivery.channel]
    async with channel.turns:
        if not breaker.admits(policy, office.clock()):
            made = sending.postponed(delivery, "provider away", policy, office.clock())
        elif not channel.repeatable and not await _begun(office, policy, delivery, message):
            return None
        else:
            sent = await channel.send(message)
            breaker.note(sent.verb, policy, office.clock())
            made = sending.settled(delivery, sent, policy, office.clock())
    return replace(made, template=message.template)


async def _begun(office: Office, policy: DeliveryPolicy, delivery: Delivery, message: Message) -> bool:
    """Mark that the call begins. Nothing went yet, so trouble with the database is no reason to give up."""
    seconds, template = policy.lease_seconds, message.template
    return await patiently(lambda: deliveries.attempt(office.pool, delivery, seconds, template))


async def _record(office: Office, outcomes: Sequence[Outcome]) -> None:
    """What was sent is sent: the record is repeated until it is written."""
    if outcomes:
        now = office.clock()
        made = [Errand(f"{o.delivery_id} {o.claim} {o.verb}", now, o, (), o.correlation_id) for o in outcomes]
        await patiently(lambda: errands.record(office.runner, record, made))
