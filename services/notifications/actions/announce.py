"""Facts become deliveries: one for each (event, recipient, channel). Nothing is sent here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.notifications.model.notices import NewDelivery, Notice, Person
from services.notifications.model.policies import DeliveryPolicy
from services.notifications.model.words import Medium
from services.notifications.rules import telling
from services.notifications.store import deliveries, people
from shared.clock import WorkingDays
from shared.events.directory import DIRECTORY, EmployeeRecorded
from shared.messaging.tx import Cause, Fact, Tx, derived_id


async def keep_people(tx: Tx, causes: Sequence[Cause[EmployeeRecorded]]) -> None:
    """Keep how to reach a civil servant, and who their superior is."""
    told = [cause.body for cause in causes]
    await people.keep_people(
        tx, [Person(e.employee_id, e.version, e.name, e.email, e.language, e.superior_id) for e in told]
    )


async def announce(tx: Tx, causes: Sequence[Cause[Any]]) -> None:
    """Put on its way what each fact means for everybody concerned."""
    concerned = {one for cause in causes for one in telling.concerned(cause.body)}
    known = await people.people(tx, concerned) if concerned else {}
    collected = _next_collection(tx, tx.now)
    new: list[NewDelivery] = []
    for cause in causes:
        lacking = telling.lacking(cause.body, known)
        if lacking is not None:
            tx.lack(cause, Fact(DIRECTORY.name, f"employee:{lacking}"))
            continue
        for notice in telling.notices(cause.body, known, collected):
            at = _time_of_id(tx, cause, notice)
            new += [_delivery(cause, notice, channel, at) for channel in Medium]
    if new:
        await deliveries.insert_deliveries(tx, new)


def _next_collection(tx: Tx, at: datetime) -> datetime:
    calendar = WorkingDays(tx.settings.zone)
    policy = tx.policies.in_force(DeliveryPolicy, "delivery", calendar.local_day(tx.now))
    return telling.collection(calendar, policy, at)


def _time_of_id(tx: Tx, cause: Cause[Any], notice: Notice) -> datetime:
    """A delivery's id is read in the inbox and in a mail's head: a collected one tells no more than its collection."""
    return cause.at if notice.not_before is None else _next_collection(tx, cause.at)


def _delivery(cause: Cause[Any], notice: Notice, channel: Medium, at: datetime) -> NewDelivery:
    seed = f"{cause.id} {notice.recipient} {channel}".encode()
    return NewDelivery(derived_id(at, seed), cause.id, channel, notice, cause.correlation_id)
