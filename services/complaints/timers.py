"""What the complaints service does when time passes."""

from collections.abc import Sequence

from services.complaints.actions import corrections, erasing, limits, records
from shared.messaging.timers import Timers
from shared.messaging.tx import Cause, Tx

timers = Timers()


@timers.at(records.DEADLINE, locks=lambda subject: [("record", subject)])
async def tell_overdue(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Tell requests that are late and unfinished."""
    await records.tell_overdue(tx, causes)


@timers.at(corrections.TIMER, locks=lambda subject: [("record", subject)])
async def refuse_waiting_corrections(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Refuse corrections whose record did not come."""
    await corrections.refuse_waiting(tx, causes)


@timers.at("trim_recent_filings", daily="03:10")
async def trim_recent_filings(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Forget filings that no rate limit counts any more."""
    await limits.trim_recent_filings(tx, causes)


@timers.at(erasing.TIMER, daily="03:20")
async def erase_reporters(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Forget who complained, when the term is over."""
    await erasing.erase_reporters(tx, causes)
