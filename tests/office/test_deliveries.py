"""What an operator types about mails of which nobody knows whether they went out."""

from __future__ import annotations

from uuid import UUID

from tests.office.conftest import Salor
from tests.office.test_cases import columns
from tests.services.notifications.test_announcing import DIRECTORY
from tests.services.notifications.test_rules import completed
from tests.support import Bench

OPERATOR = UUID(int=0xF)
LOSE = """UPDATE delivery
SET state = 'unknown', reason = 'lease ran out', claim = gen_random_uuid(), lease_until = now()
WHERE channel = 'email' AND audience <> 'citizen'"""


async def test_mails_whose_outcome_nobody_knows_are_listed_and_settled(messages: Salor, told: Bench) -> None:
    await told.events([*DIRECTORY, completed()])
    await told.pool.execute(LOSE)

    async def operator(*typed: str) -> tuple[int, str, str]:
        code, said, wrong = await messages(OPERATOR, *typed, roles=("operator",))
        return code, said, wrong

    code, said, _ = await operator("deliveries")
    lost = [row[0] for row in columns(said)[1:]]
    assert (code, len(lost)) == (0, 2)
    assert (await operator("settle-deliveries", "accept", *lost))[0] == 2, "why has to be said"
    code, said, wrong = await operator("settle-deliveries", "accept", *lost, "-m", "in the log")
    assert (code, ["state", "accepted"] in columns(said)) == (0, True), wrong
    assert (await operator("deliveries"))[1] == "there is no such delivery\n"
    code, _, wrong = await operator("settle-deliveries", "resend", *lost, "-m", "in the log")
    assert (code, f"{min(lost)} is accepted." in wrong) == (1, True)
