"""The HTTP routes of evaluation, a topic a file."""

from services.evaluation.api import results
from shared.http import Router

routes = Router()
for part in (results,):
    routes.routes.extend(part.routes.routes)
