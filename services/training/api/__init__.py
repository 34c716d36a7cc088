"""The HTTP routes of the training service: what is offered, who sits where, and learning hours."""

from services.training.api import enrolments, learning, sessions
from shared.http import Router

routes = Router()
for part in (sessions, enrolments, learning):
    routes.routes.extend(part.routes.routes)
