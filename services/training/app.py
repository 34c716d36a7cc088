"""The training service: catalogue, sessions, and a seat for each training need."""

from services.training import api, handlers, timers
from services.training.model import DisplayPolicy
from services.training.settings import TrainingSettings
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted
from shared.service import Service

service = Service(
    name="training",
    tells=(EmployeeEnrolled, EmployeeWaitlisted),
    listens=handlers.listens,
    routes=api.routes,
    timers=timers.timers,
    policies={"display": DisplayPolicy},
    settings=TrainingSettings,
    prepare=timers.load_catalogue,
)
