"""The audit: what clients were told, every table, the whole topics and the mail ledger must tell one story."""

from __future__ import annotations

from deploy.local.stack import Stack
from tests.faults.audit import effects, order, settled
from tests.faults.audit.evidence import BadInput, Contradiction, Databases, Evidence, Sort, databases
from tests.faults.audit.quiet import NotQuiet, when_quiet
from tests.faults.audit.topics import Topics
from tests.faults.clients import join_receipts

__all__ = [
    "BadInput",
    "Contradiction",
    "Databases",
    "Evidence",
    "NotQuiet",
    "Sort",
    "Topics",
    "audit",
    "databases",
    "judge",
    "when_quiet",
]


async def audit(stack: Stack, evidence: Evidence) -> list[Contradiction]:
    """Everything that contradicts the promise, in words; nothing where it was kept. Call it when all is quiet."""
    await evidence.topics.read(stack.kafka)
    evidence.mails = stack.mails()
    join_receipts(evidence.submissions, evidence.topics.receipts)
    return await judge(evidence)


async def judge(evidence: Evidence) -> list[Contradiction]:
    """The same of what has been gathered."""
    found = [*effects.answers(evidence), *await effects.complaints(evidence), *await effects.needs(evidence)]
    found += [*await effects.mails(evidence), *await effects.notices(evidence)]
    found += [*await order.published(evidence), *await order.in_order(evidence), *await settled.settled(evidence)]
    return found
