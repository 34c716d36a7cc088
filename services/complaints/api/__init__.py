"""The HTTP routes of the complaints service: of reports, of offices that post submissions, and of their tokens."""

from fastapi import APIRouter

from services.complaints.api import reports, submissions, tokens

routes = APIRouter()
for part in (reports, submissions, tokens):
    routes.routes.extend(part.routes.routes)
