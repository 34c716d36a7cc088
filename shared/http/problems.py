"""Refusals as they leave: problem details (RFC 9457) for whatever goes wrong, in words for people."""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from shared.errors import Problem
from shared.messaging import requests
from shared.messaging.failures import is_transient, unavailable
from shared.wording import mistakes

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"
HANGS_UP = {408, 413, 431}
"""What is left of such a request is not read as the next one."""


def install(web: FastAPI) -> None:
    """Make every refusal of a route a problem document; the edge sees to all that is raised beside these."""
    web.add_exception_handler(Problem, _on_error)
    web.add_exception_handler(RequestValidationError, _on_error)
    web.add_exception_handler(HTTPException, _on_error)


async def _on_error(request: Request, error: Exception) -> Response:
    return response(request, error)


def response(request: Request, error: Exception) -> Response:
    """The answer to whatever was raised."""
    problem = of(error, request)
    headers = {name.lower(): value for name, value in (getattr(error, "headers", None) or {}).items()}
    if problem.status == 405:
        headers["allow"] = ", ".join(sorted(_methods(request)))
    if problem.retry_after:
        headers["retry-after"] = str(problem.retry_after)
    if problem.status == 401:
        headers["www-authenticate"] = "Bearer"
    if problem.status in HANGS_UP:
        headers["connection"] = "close"
    document = problem.document(quote(request.scope["path"]))
    return JSONResponse(document, problem.status, headers, media_type=PROBLEM_JSON)


def _methods(request: Request) -> set[str]:
    """What the address has routes for, HEAD with each GET; the framework names those of the first alone."""
    routes = iter_route_contexts(request.app.routes)
    at = [route for route in routes if route.methods and route.path_regex.match(request.scope["path"])]
    methods = {method for route in at for method in route.methods or ()}
    return methods | {"HEAD"} if "GET" in methods else methods


def of(error: Exception, request: Request) -> Problem:
    """What a failure is to the caller: what they did wrong, what is away, or our own fault (which is logged)."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return Problem(422, "invalid-request", "The request is not valid", errors=mistakes(error.errors()))
    if isinstance(error, HTTPException):
        return Problem(error.status_code, f"http-{error.status_code}", str(error.detail))
    if is_transient(error):
        log.warning("database_away", error=type(error).__name__)
        return unavailable(error)
    log.error("request_failed", route=getattr(request.scope.get("route"), "path", ""), exc_info=error)
    return requests.internal()
