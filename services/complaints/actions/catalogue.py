"""The catalogue of services, as the directory tells it."""

from collections.abc import Sequence

from services.complaints.store import catalogue
from shared.events.directory import ServiceRecorded
from shared.messaging.tx import Cause, Tx


async def learn(tx: Tx, causes: Sequence[Cause[ServiceRecorded]]) -> None:
    """Keep versions of services and their standards."""
    await catalogue.insert_standards(tx, [cause.body for cause in causes])
