"""What training does by itself: it loads its catalogue when it starts."""

from datetime import UTC, datetime

from services.training import actions
from shared.messaging import errands
from shared.messaging.errands import Errand
from shared.messaging.timers import Timers
from shared.service import App

timers = Timers()


async def load_catalogue(app: App) -> None:
    """Load the seed once per version; ends the process where a loaded version's content was changed."""
    catalogue = actions.read_catalogue(app.settings.training_seed)
    await actions.check_catalogue(app.pool, catalogue)
    errand = Errand(f"catalogue {catalogue.version}", datetime.now(UTC), catalogue)
    await errands.record(app.runner, actions.load_catalogue, [errand])
