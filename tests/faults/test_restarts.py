"""Everything accepted has its evaluation (or reason) and its notifications, once, whatever was stopped or killed."""

from collections.abc import Sequence

import pytest

from deploy.local.detached import Detached
from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from tests.faults import audit, restarts
from tests.faults.audit import Databases
from tests.faults.clients import Submission

# What a system that lies would leave behind, and the words in which the audit must say so.
LIES = {
    "was accepted and is lost": ("complaints", "DELETE FROM reporter; DELETE FROM complaint"),
    "1 standing evaluations and reason made up": (
        "evaluation",
        """INSERT INTO no_evaluation SELECT complaint_id, 'made up' FROM evaluation LIMIT 1""",
    ),
    "opened 1, enrolled 0": (
        "evaluation",
        """INSERT INTO need SELECT gen_random_uuid(), employee_id, 'ktp', 'timeliness', 'discipline', evaluation_id, 1,
        now() FROM evaluation LIMIT 1""",
    ),
    "has no delivery": ("notifications", "DELETE FROM delivery WHERE what = 'examined'"),
    "has 0 first messages": ("notifications", "DELETE FROM delivery WHERE what = 'received'"),
    "phantom events on evaluations.v1": ("evaluation", "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox)"),
    "were never sent": ("training", """INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id,
        causation_id, payload) VALUES ('trainings.v1', 'k', 1, gen_random_uuid(), 't', now(), '', '', '{}')"""),
}  # fmt: skip


@pytest.mark.timeout(240)
async def test_nothing_is_lost_or_doubled_when_all_is_stopped_and_then_killed_under_load() -> None:
    async with temporary_folder("restarts") as folder:
        detached = Detached(folder)
        await restarts.up(detached)
        try:
            submissions = await restarts.under_restarts(detached, submissions=60, seconds=15, seed=9)
            async with audit.when_quiet(detached.stack()) as at:
                assert await audit.audit(detached.stack(), at, submissions) == []
                for said, lie in LIES.items():
                    assert any(said in line for line in await _told(detached.stack(), at, submissions, *lie)), said
        finally:
            await detached.down()


async def _told(stack: Stack, at: Databases, submissions: Sequence[Submission], service: str, sql: str) -> list[str]:
    """What the audit says of a lie, which is taken back afterwards."""
    lie = at[service].transaction()
    await lie.start()
    try:
        await at[service].execute(sql)
        return await audit.audit(stack, at, submissions)
    finally:
        await lie.rollback()
