"""F19: a mail provider that says nothing, hangs up, puts off or refuses, before it has a mail and behind it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from deploy.local.trouble import say
from shared.events.directory import EmployeeRecorded
from shared.events.frontoffice import Contact
from tests.faults import clients, provider
from tests.faults.clients import Submission
from tests.faults.scraped import scrape
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

LEAST = 8
"""Of each kind of misbehaviour."""
IMPATIENT = {"SALOR_SMTP_TIMEOUT_SECONDS": "1.5"}
STATES = {provider.LATE: "unknown", provider.CUT: "unknown", provider.REFUSED: "failed", provider.PUT_OFF: "accepted"}
"""What becomes of a delivery by what the provider did with its mail the first time."""
OTHERS = "SELECT count(*) FROM delivery WHERE delivery_id = ANY($1::uuid[]) AND state <> $2"
UNKNOWN = "SELECT count(*) FROM delivery WHERE state = 'unknown'"


async def a_bad_provider(trial: Trial) -> None:
    """F19: a mail that was kept without an answer is unknown, and counted; one put off goes once; 5xx is for good."""
    stack = trial.fleet.stack
    file, seed = stack.folder / "bad-provider", str(trial.chance.random())
    file.touch()
    port, ledger = str(stack.smtp[1]), str(stack.mail_ledger)
    await trial.fleet.anew("mailsink", "tests.faults.provider", port, ledger, seed, str(file))
    await trial.fleet.anew("notifications", env=IMPATIENT)
    await trial.submitted(150)
    await trial.strike("the provider misbehaves")
    await until(lambda: all(len(provider.read(stack.mail_ledger, way)) >= LEAST for way in STATES), PATIENCE_SECONDS)
    file.unlink()
    await trial.recovered("notifications", await trial.durable("notifications"), time.monotonic())
    for way, state in STATES.items():
        await _come_to(trial, way, state)
    await _counted(trial)
    await trial.fleet.anew("notifications")
    await trial.fleet.anew("mailsink")


async def _come_to(trial: Trial, way: str, state: str) -> None:
    """Until all deliveries that were treated in a way have come to the state."""

    def treated() -> list[uuid.UUID]:
        return [uuid.UUID(made) for made in provider.read(trial.fleet.stack.mail_ledger, way)]

    async def come() -> bool:
        return not await trial.value("notifications", OTHERS, treated(), state)

    await until(come, PATIENCE_SECONDS)
    say(f"  {len(treated())} mails {way}: {state}")


async def _counted(trial: Trial) -> None:
    """The metric of the alert has them all."""

    async def agrees() -> bool:
        told = await scrape(trial, "notifications", "salor_deliveries", state="unknown")
        return bool(told == await trial.value("notifications", UNKNOWN) > 0)

    await until(agrees, PATIENCE_SECONDS)


def reachable(officers: Sequence[EmployeeRecorded], n: int) -> Submission:
    """The mixed load, in which every third reporter can be reached by mail."""
    made = clients.about(officers, n)
    if n % 3 == 0:
        contact = Contact(email=f"{uuid.uuid4().hex}@warga.example", language="en" if n % 2 else "id")
        made.body = made.body.model_copy(update={"contact": contact})
    return made
