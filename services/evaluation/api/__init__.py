"""The HTTP routes of evaluation, a topic a file."""

from services.evaluation.api import decisions, periods, predicates, records, references, results, worklist
from shared.http import Router

routes = Router()
for part in (results, decisions, worklist, periods, predicates, records, references):
    routes.routes.extend(part.routes.routes)
