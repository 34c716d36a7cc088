"""The HTTP routes of the complaints service, by topic."""

from services.complaints.api import cases, duties, replies, reporter, reports, submissions, tokens, webhooks
from shared.http import Router

routes = Router()
for part in (reports, replies, reporter, cases, duties, submissions, tokens, webhooks):
    routes.routes.extend(part.routes.routes)
