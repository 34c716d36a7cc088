"""What the complaints service does when time passes."""

import asyncio
from collections.abc import Collection, Sequence

import structlog

from services.complaints.actions import clocks, corrections, erasing, handling, limits, posting, records, webhooks
from services.complaints.channels.webhook import Poster
from services.complaints.model.webhooks import Due
from shared.messaging.failures import heed_cancellation
from shared.messaging.timers import Timers
from shared.messaging.tx import Cause, Tx
from shared.service import App

log = structlog.get_logger()
timers = Timers()

LOOK_SECONDS = 0.25
FINISH_SECONDS = 2.0


@timers.at(records.DEADLINE, locks=lambda subject: [("record", subject)])
async def tell_overdue(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Tell requests that are late and unfinished."""
    await records.tell_overdue(tx, causes)


@timers.at(corrections.TIMER, locks=lambda subject: [("record", subject)])
@webhooks.answering
async def refuse_waiting_corrections(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Refuse corrections whose record did not come."""
    await corrections.refuse_waiting(tx, causes)


@timers.at(clocks.TIMER, locks=lambda subject: [("complaint", subject)])
async def heed_clocks(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Warn of deadlines, escalate what passed them, close what its reporter left in silence."""
    await handling.close_silent(tx, await clocks.tick(tx, causes))


@timers.at(clocks.RECOUNT, daily="00:05")
async def recount_clocks(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Let a decree move the deadlines of open cases."""
    await clocks.recount(tx, causes)


@timers.at("trim_recent_filings", daily="03:10")
async def trim_recent_filings(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Forget filings that no rate limit counts any more."""
    await limits.trim_recent_filings(tx, causes)


@timers.at(erasing.TIMER, daily="03:20")
async def erase_reporters(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Forget who complained, when the term is over."""
    await erasing.erase_reporters(tx, causes)


@timers.at(webhooks.TRIM_TIMER, daily="03:30")
async def trim_webhook_log(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Forget deliveries when their term is over."""
    await webhooks.trim(tx, causes)


async def post_webhooks(app: App) -> None:
    """Post what is due as long as the process runs: each office's lot beside the others', so that none waits for it."""
    poster = Poster(app.settings.webhook_seconds, private=app.settings.webhook_private)
    room = posting.Postroom(app.runner, poster)
    busy: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            for source, lot in (await _claim(room, busy)).items():
                busy[source] = asyncio.create_task(_post(room, lot))
            await asyncio.sleep(LOOK_SECONDS)
            busy = {source: task for source, task in busy.items() if not task.done()}
    finally:
        if busy:
            _, late = await asyncio.wait(busy.values(), timeout=FINISH_SECONDS)
            for task in late:
                task.cancel()
        await poster.close()


async def _claim(room: posting.Postroom, busy: Collection[str]) -> dict[str, list[Due]]:
    """What is due now; nothing where it can't be claimed, for the next look is not far."""
    try:
        return await posting.claim(room, busy)
    except Exception as error:
        heed_cancellation(error)
        log.warning("webhooks_not_claimed", error=type(error).__name__)
        return {}


async def _post(room: posting.Postroom, lot: Sequence[Due]) -> None:
    """A lot that fails is posted again when its claim lapses."""
    try:
        await posting.post(room, lot)
    except Exception as error:
        log.warning("webhook_lot_failed", error=type(error).__name__)
