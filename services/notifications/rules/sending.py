"""How patiently a delivery is sent, what is not sent at all, and which letter explains."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.model.deliveries import Contact, Delivery, Outcome, Sent
from services.notifications.model.policies import DeliveryPolicy
from services.notifications.model.whats import KINDS, What
from services.notifications.model.words import Audience, Medium, Verb


def outcome(delivery: Delivery, verb: Verb, reason: str = "", next_at: datetime | None = None) -> Outcome:
    """What is to be recorded of a claimed delivery."""
    return Outcome(delivery.delivery_id, delivery.claim, verb, reason, next_at, delivery.correlation_id)


def settled(delivery: Delivery, sent: Sent, policy: DeliveryPolicy, now: datetime) -> Outcome:
    """What to record of an attempt: a retry waits twice as long as the one before, and one day is given up."""
    if sent.verb is Verb.POSTPONE:
        return postponed(delivery, sent.reason, policy, now)
    if sent.verb is not Verb.RETRY:
        return outcome(delivery, sent.verb, sent.reason)
    if delivery.refusals + 1 >= policy.attempts:
        return _given_up(delivery, sent.reason)
    # Beyond the exponent the limit holds anyway; 2.0**1024 would be too large.
    wait = min(policy.backoff_seconds * 2.0 ** min(delivery.refusals, 60), policy.backoff_limit_seconds)
    return outcome(delivery, Verb.RETRY, sent.reason, now + timedelta(seconds=wait))


def postponed(delivery: Delivery, reason: str, policy: DeliveryPolicy, now: datetime) -> Outcome:
    """A provider that is away says nothing of this message: that uses up no attempt, only the term of days."""
    if policy.patience_days and now - delivery.created_at >= timedelta(days=policy.patience_days):
        return _given_up(delivery, reason)
    return outcome(delivery, Verb.POSTPONE, reason, _by_age(delivery, policy, now))


def held(delivery: Delivery, reason: str, policy: DeliveryPolicy, now: datetime) -> Outcome:
    """Wait for a contact for as long as it takes."""
    return outcome(delivery, Verb.HOLD, reason, _by_age(delivery, policy, now))


def _by_age(delivery: Delivery, policy: DeliveryPolicy, now: datetime) -> datetime:
    """When it is tried again: each time after a quarter of its age."""
    age = (now - delivery.created_at).total_seconds()
    return now + timedelta(seconds=min(max(policy.backoff_seconds, age / 4), policy.backoff_limit_seconds))


def _given_up(delivery: Delivery, reason: str) -> Outcome:
    return outcome(delivery, Verb.REFUSE, f"gave up: {reason}")


def unsent(delivery: Delivery, contact: Contact, courtesy: Collection[What], unwilling: Collection[UUID]) -> str:
    """Why a delivery is not sent, in words for its recipient, who finds it in the inbox; empty where it is."""
    if delivery.channel is not Medium.EMAIL:
        return ""
    if delivery.what in courtesy and delivery.recipient in unwilling:
        return "not wanted"
    return "" if contact.email else "no address"


def introductions(lot: Sequence[Delivery]) -> dict[UUID, str]:
    """For each employee of a lot the event of the earliest letter about an evaluation."""
    told = [d for d in lot if d.audience is Audience.EMPLOYEE and KINDS[d.what].evaluates]
    latest_first = sorted(told, key=lambda d: (d.created_at, d.delivery_id), reverse=True)
    return {delivery.recipient: delivery.event_id for delivery in latest_first}


def purposes(lot: Sequence[Delivery]) -> dict[str, list[UUID]]:
    """Which complaints' contacts are needed for which purpose, which the vault logs."""
    asked: dict[str, set[UUID]] = {}
    for delivery in lot:
        if delivery.audience is Audience.CITIZEN:
            asked.setdefault(delivery.what.value, set()).add(delivery.recipient)
    return {purpose: sorted(complaints) for purpose, complaints in asked.items()}
