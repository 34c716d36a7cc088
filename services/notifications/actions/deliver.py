"""Sending: claim -> commit -> ask the vault -> render -> call with no transaction open -> record.

A crash before the mark `sending` sends again; a crash between the mark and the record leaves `unknown`, never a guess.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog
from jinja2 import TemplateError

from services.notifications import rules, store
from services.notifications.actions.record import record
from services.notifications.channels import Channel
from services.notifications.channels.letters import Letters
from services.notifications.channels.vault import Vault, VaultAway
from services.notifications.model import (
    Audience,
    Contact,
    Delivery,
    DeliveryPolicy,
    Medium,
    Message,
    Outcome,
    Person,
    Verb,
)
from shared.clock import WorkingDays
from shared.db import Pool
from shared.messaging import errands
from shared.messaging.errands import Errand
from shared.messaging.failures import patiently
from shared.messaging.runner import Runner

log = structlog.get_logger()

Contacts = Mapping[tuple[str, UUID], Contact]


@dataclass(frozen=True, slots=True)
class Office:
    """All that sending needs: the runner that records, the vault that knows citizens, the letters, the channels."""

    runner: Runner
    vault: Vault
    letters: Letters
    channels: Mapping[Medium, Channel]

    @property
    def pool(self) -> Pool:
        """The service's database."""
        return self.runner.pool

    @property
    def policy(self) -> DeliveryPolicy:
        """The numbers in force today."""
        today = WorkingDays(self.runner.settings.zone).local_day(_now())
        return self.runner.policies.in_force(DeliveryPolicy, "delivery", today)

    async def warm(self) -> None:
        """Do ahead what the first lot would have to wait for."""
        self.letters.warm()
        await self.vault.warm()

    async def close(self) -> None:
        """Let go of all connections to the outside."""
        await self.vault.close()
        for channel in self.channels.values():
            await channel.close()


async def deliver(office: Office) -> int:
    """Send one lot of what is due, oldest first. Gives how many were claimed."""
    policy = office.policy
    lot = await _claim(office, policy)
    if not lot:
        return 0
    staff = {d.recipient for d in lot if d.audience is not Audience.CITIZEN}
    people = await patiently(lambda: store.people(office.pool, staff))
    contacts, missing = await _contacts(office, lot)
    made = await asyncio.gather(
        *(_deliver(office, policy, d, _contact(d, contacts, people), missing) for d in lot), return_exceptions=True
    )
    await _record(office, [outcome for outcome in made if isinstance(outcome, Outcome)])
    for failure in (each for each in made if isinstance(each, BaseException)):
        log.warning("delivery_failed", error=type(failure).__name__)
    return len(lot)


async def expire(office: Office) -> int:
    """Move on from leases that ran out: not yet begun is due again, begun is unknown. Gives how many."""
    over = await store.expired(office.pool, office.policy.lot)
    await _record(office, over)
    return len(over)


async def _claim(office: Office, policy: DeliveryPolicy) -> list[Delivery]:
    """What is due. A claim whose answer was lost may stand: it is given back, or it would wait for its lease's end."""
    token = uuid4()
    try:
        return await store.claim(office.pool, token, policy.lease_seconds, policy.lot)
    except Exception:
        await patiently(lambda: store.give_back(office.pool, token))
        raise


async def _contacts(office: Office, lot: Sequence[Delivery]) -> tuple[Contacts, str]:
    """The citizens' contacts of a lot, and why one may be missing."""
    try:
        return await office.vault.contacts(rules.purposes(lot)), "no contact"
    except VaultAway as error:
        log.warning("vault_away", reason=str(error))
        return {}, str(error)


def _contact(delivery: Delivery, contacts: Contacts, people: Mapping[UUID, Person]) -> Contact | None:
    if delivery.audience is Audience.CITIZEN:
        return contacts.get((delivery.what.value, delivery.recipient))
    person = people[delivery.recipient]
    return Contact(person.language, person.name, person.email)


async def _deliver(
    office: Office, policy: DeliveryPolicy, delivery: Delivery, contact: Contact | None, missing: str
) -> Outcome | None:
    """What became of one delivery; none where its lease was lost before the call, so that nothing was sent."""
    if contact is None:
        return rules.held(delivery, missing, policy, _now())
    if delivery.channel is Medium.EMAIL and not contact.email:
        return rules.outcome(delivery, Verb.SUPPRESS, "no address")
    try:
        message = office.letters.write(delivery, contact)
    except (ValueError, LookupError, TemplateError) as error:
        return rules.outcome(delivery, Verb.REFUSE, f"not written: {type(error).__name__}")
    return await _send(office, policy, delivery, message)


async def _send(office: Office, policy: DeliveryPolicy, delivery: Delivery, message: Message) -> Outcome | None:
    channel = office.channels[delivery.channel]
    if not channel.repeatable and not await _begun(office, policy, delivery):
        return None
    return rules.settled(delivery, await channel.send(message), policy, _now())


async def _begun(office: Office, policy: DeliveryPolicy, delivery: Delivery) -> bool:
    """Mark that the call begins. Nothing went yet, so trouble with the database is no reason to give up."""
    return await patiently(lambda: store.attempt(office.pool, delivery, policy.lease_seconds))


async def _record(office: Office, outcomes: Sequence[Outcome]) -> None:
    """What was sent is sent: the record is repeated until it is written."""
    if outcomes:
        now = _now()
        made = [Errand(f"{o.delivery_id} {o.claim} {o.verb}", now, o, (), o.correlation_id) for o in outcomes]
        await patiently(lambda: errands.record(office.runner, record, made))


def _now() -> datetime:
    return datetime.now(UTC)
