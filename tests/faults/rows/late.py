"""F20 and F24: a transaction that commits late, and facts that come in the least convenient order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

from deploy.local import wire
from shared.events.directory import EmployeeRecorded
from shared.events.frontoffice import FRONTOFFICE, ServiceCompleted
from tests.faults import clients, people
from tests.faults.clients import Submission
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

HOLD = "SELECT next_offset FROM position WHERE topic = $1 AND partition = ANY($2) FOR UPDATE"
HELD_PARTITIONS = [0, 3, 6, 9]
HELD_SECONDS = 4.0
VISIBLE = "SELECT array_agg(id) FROM outbox"
LATE = "SELECT count(*) FROM outbox WHERE id < $1 AND id <> ALL($2)"
WAITING = "SELECT count(*) FROM parked WHERE reason = 'waiting'"
EVALUATED = 2 * len(clients.CATEGORIES)
"""As many submissions later the next one comes that is evaluated at once, and names its officer."""
UNASSIGNED = "SELECT count(*) FROM complaint WHERE request_number IS NOT NULL AND employee_id IS NULL"


async def a_late_commit(trial: Trial) -> None:
    """F20: batches have drawn their outbox ids and wait for a row that we hold; all others go on for seconds."""
    await trial.submitted(300)
    holder = await trial.connection("complaints")
    async with holder.transaction():
        await holder.fetch(HOLD, FRONTOFFICE.name, HELD_PARTITIONS)
        await trial.strike("ids drawn, and not committed")
        await asyncio.sleep(HELD_SECONDS)
        visible = await holder.fetchval(VISIBLE)

    async def came_late() -> bool:
        return bool(await trial.value("complaints", LATE, max(visible), visible))

    await until(came_late, PATIENCE_SECONDS)


async def facts_in_a_bad_order(trial: Trial) -> None:
    """F24: evaluations before the employee, complaints before the service record that they are about."""
    await trial.fleet.stop("notifications")  # so that it finds in one batch all that is told of an evaluation
    await trial.submitted(500)
    await trial.fleet.start("notifications")

    async def waits() -> bool:
        return bool(await trial.value("notifications", WAITING)) and bool(await trial.value("complaints", UNASSIGNED))

    await until(waits, PATIENCE_SECONDS)
    await trial.strike("notices wait for their employees, complaints for their records")
    await trial.submitted(900)
    records = [record_of(officer) for officer in trial.officers]
    letters = [wire.Letter(record, str(record.record_id), people.SOURCE, record.completed_at) for record in records]
    async with wire.producer(trial.fleet.stack.kafka) as producer:
        await wire.send(producer, letters)

    async def assigned() -> bool:
        return not await trial.value("complaints", UNASSIGNED)

    await until(assigned, PATIENCE_SECONDS)
    await people.employ(trial.fleet.stack, trial.officers)


def about_records_to_come(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The mixed load; half of what is evaluated names no officer, but the number of a record that nobody has sent.

    Of the other half each second one joins the incident of the one before, so that its evaluation is told of twice.
    """
    made = clients.about(officers, n)
    if made.body.category == clients.CATEGORIES[0] and n % 2:
        number = record_of(officers[n % len(officers)]).request_number
        made.body = made.body.model_copy(update={"request_number": number, "employee_id": None, "occurred_on": None})
    elif n % (2 * EVALUATED) == EVALUATED:
        first = clients.about(officers, n - EVALUATED).body
        made.body = made.body.model_copy(update=first.model_dump(include={"employee_id", "occurred_on"}))
    return made


@lru_cache(maxsize=256)
def record_of(officer: EmployeeRecorded) -> ServiceCompleted:
    """An officer's late record, finished yesterday."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    return people.completed(Random(officer.employee_id.int), officer, yesterday, minutes=60)
