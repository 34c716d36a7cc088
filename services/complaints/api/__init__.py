"""The HTTP routes of the complaints service, by topic."""

from services.complaints.api import (
    cases,
    duties,
    intake,
    linking,
    privacy,
    replies,
    reporter,
    reports,
    submissions,
    tokens,
    webhooks,
)
from shared.http import Router

routes = Router()
for part in (reports, intake, replies, reporter, cases, duties, linking, privacy, submissions, tokens, webhooks):
    routes.routes.extend(part.routes.routes)
