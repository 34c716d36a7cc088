"""The HTTP routes of the complaints service, by topic."""

from services.complaints.api import duties, reporter, reports, submissions, tokens, webhooks
from shared.http import Router

routes = Router()
for part in (duties, reporter, reports, submissions, tokens, webhooks):
    routes.routes.extend(part.routes.routes)
