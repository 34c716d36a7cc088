"""What training does by itself: it loads its catalogue when it starts, and opens the sessions that recur."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.training.actions import SEATS, catalogue, sessions
from shared.messaging import errands
from shared.messaging.errands import Errand
from shared.messaging.timers import Timers
from shared.messaging.tx import Cause, Tx
from shared.service import App

timers = Timers()


@timers.at(sessions.TIMER, locks=lambda subject: [SEATS], daily="01:30")
async def open_recurring_sessions(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Open the sessions that recur, as far ahead as the catalogue says."""
    await sessions.open_recurring(tx, causes)


async def load_catalogue(app: App) -> None:
    """Load the seed once per version; ends the process where a loaded version's content was changed."""
    given = catalogue.read_catalogue(app.settings.training_seed)
    await catalogue.check_catalogue(app.pool, given)
    errand = Errand(f"catalogue {given.version}", datetime.now(UTC), given, names=(SEATS,))
    await errands.record(app.runner, catalogue.load_catalogue, [errand])
