"""The end of the vault's term: who complained is forgotten, the complaint stays."""

from collections.abc import Sequence
from datetime import timedelta

from services.complaints.actions import policies
from services.complaints.store import vault
from shared.events.complaints import ReporterErased
from shared.messaging.timers import schedule
from shared.messaging.tx import Cause, Tx

TIMER = "erase_reporters"
LOT = 5_000


async def erase_reporters(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Erase identities and contacts that are over their term; after a full lot at once again."""
    days = policies.retention(tx).reporter_days.value
    over = await vault.over_term(tx, policies.local_day(tx, tx.now) - timedelta(days=days), LOT)
    await vault.erase(tx, over)
    for complaint_id in over:
        tx.tell(ReporterErased(complaint_id=complaint_id), cause=causes[0], correlation_id=str(complaint_id))
    if len(over) == LOT:
        await schedule(tx, TIMER, [("", tx.now)])
