"""The HTTP routes of the complaints service: of reports, of offices that post submissions, and of their tokens."""

from services.complaints.api import reports, submissions, tokens
from shared.http import Router

routes = Router()
for part in (reports, submissions, tokens):
    routes.routes.extend(part.routes.routes)
