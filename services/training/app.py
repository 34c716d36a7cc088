"""The training service: catalogue, sessions, and a seat for each training need."""

from services.training import api, handlers, timers
from services.training.model import policies
from services.training.settings import TrainingSettings
from shared.events import facts_of
from shared.service import Service

service = Service(
    name="training",
    tells=facts_of("training"),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies=policies.KINDS,
    settings=TrainingSettings,
    prepare=timers.load_catalogue,
)
