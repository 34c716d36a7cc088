"""The HTTP routes of the complaints service: of reports, of offices that post, their tokens and webhooks."""

from services.complaints.api import reports, submissions, tokens, webhooks
from shared.http import Router

routes = Router()
for part in (reports, submissions, tokens, webhooks):
    routes.routes.extend(part.routes.routes)
