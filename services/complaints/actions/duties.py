"""The duty roster, as the directory tells it."""

from collections.abc import Sequence

from services.complaints.store import duties
from shared.events.directory import DutyRecorded
from shared.messaging.tx import Cause, Tx


async def learn(tx: Tx, causes: Sequence[Cause[DutyRecorded]]) -> None:
    """Keep who is on duty where."""
    await duties.save_duties(tx, [cause.body for cause in causes])
