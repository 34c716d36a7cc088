"""Facts become deliveries: one for each (event, recipient, channel). Nothing is sent here."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications import rules, store
from services.notifications.model import DeliveryPolicy, Medium, NewDelivery, Notice, Person
from services.notifications.rules import Telling
from shared.clock import WorkingDays
from shared.events.complaints import ComplaintFiled
from shared.events.directory import DIRECTORY, EmployeeRecorded
from shared.messaging.tx import Cause, Fact, Tx, derived_id


async def keep_people(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep how to reach a civil servant, and who their superior is."""
    told = [cause.body for cause in causes]
    await store.keep_people(
        tx, [Person(e.employee_id, e.version, e.name, e.email, e.language, e.superior_id) for e in told]
    )


async def announce(tx: Tx, causes: Sequence[Cause[Telling]]) -> None:
    """Put on its way what each fact means for citizen, employee and superior."""
    concerned = {cause.body.employee_id for cause in causes if not isinstance(cause.body, ComplaintFiled)}
    people = await store.people(tx, concerned) if concerned else {}
    collected = _next_collection(tx)
    new: list[NewDelivery] = []
    for cause in causes:
        lacking = rules.lacking(cause.body, people)
        if lacking is not None:
            tx.lack(cause, Fact(DIRECTORY.name, f"employee:{lacking}"))
            continue
        new += [d for notice in rules.notices(cause.body, people, collected) for d in _deliveries(cause, notice)]
    if new:
        await store.insert_deliveries(tx, new)


def _next_collection(tx: Tx) -> datetime:
    calendar = WorkingDays(tx.settings.zone)
    policy = tx.policies.in_force(DeliveryPolicy, "delivery", calendar.local_day(tx.now))
    return rules.collection(calendar, policy, tx.now)


def _deliveries(cause: Cause[Telling], notice: Notice) -> list[NewDelivery]:
    return [_delivery(cause, notice, channel) for channel in Medium]


def _delivery(cause: Cause[Telling], notice: Notice, channel: Medium) -> NewDelivery:
    seed = f"{cause.id} {notice.recipient} {channel}".encode()
    return NewDelivery(derived_id(cause.at, seed), cause.id, channel, notice, cause.correlation_id)
