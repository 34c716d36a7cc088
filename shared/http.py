"""The HTTP edge: routes that name their authority, commands through the runner, problem details for every refusal."""

import json
import uuid
from collections.abc import Sequence
from typing import Annotated, Any

import asyncpg
import structlog
from asyncpg import Record
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends as DependsParam
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.auth import PUBLIC, Principal
from shared.db import Pool
from shared.errors import FieldError, Problem
from shared.messaging import requests
from shared.messaging.failures import is_transient
from shared.messaging.requests import Command
from shared.messaging.tx import Answer
from shared.policy import Policies

log = structlog.get_logger()

LARGEST_BODY = 256 * 1024
PROBLEM_JSON = "application/problem+json"


class Authority:
    """Who may call a route: anybody, one of some roles, or one of some services."""

    def __init__(self, *, roles: Sequence[str] = (), services: Sequence[str] = ()) -> None:
        self.roles = frozenset(roles)
        self.services = frozenset(services)

    async def __call__(self, request: Request) -> None:
        """Set the request's principal, or refuse: 401 without a valid token, 403 without the authority."""
        principal = await self._principal(request)
        if self.roles or self.services:
            named = principal.subject in self.services and "service" in principal.roles
            if principal is PUBLIC:
                raise Problem(401, "token-required", "This needs a token", "Send `Authorization: Bearer ...`.")
            if not named and not principal.roles & self.roles:
                raise Problem(403, "forbidden", "Your roles do not allow this")
        request.state.principal = principal

    async def _principal(self, request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not self.roles and not self.services:
            return PUBLIC
        if scheme.lower() != "bearer" or not token:
            return PUBLIC
        principal: Principal = await request.app.state.app.verifier.verify(token.strip())
        return principal


class authority:  # noqa: N801 (reads as a word in the routes: `dependencies=[authority.role("officer")]`)
    """The authorities that a route can name."""

    @staticmethod
    def public() -> DependsParam:
        """Anybody; all share the principal `public`."""
        return _depends(Authority())

    @staticmethod
    def role(*roles: str) -> DependsParam:
        """A person with one of these roles."""
        return _depends(Authority(roles=roles))

    @staticmethod
    def service(*services: str) -> DependsParam:
        """Another service of this system, by name."""
        return _depends(Authority(services=services))


def _depends(dependency: Authority) -> DependsParam:
    depends: DependsParam = Depends(dependency)
    return depends


class CallContext:
    """A route's request: who calls, from where, and the way to run a command."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.principal: str = request.state.principal.subject
        self.roles: frozenset[str] = request.state.principal.roles
        self.address: str = request.client.host if request.client else ""

    @property
    def settings(self) -> Any:
        """The service's settings."""
        return self.request.app.state.app.settings

    async def answer(self, command: Command, body: BaseModel) -> tuple[int, dict[str, Any], bool]:
        """Run a command: its status, its answer, and whether that is a repetition's. Raises Problem if refused."""
        answer, repeated = await self._submit(command, body)
        return answer.status, json.loads(answer.body), repeated

    async def run(self, command: Command, body: BaseModel) -> Response:
        """Run a command and give its answer as stored, byte for byte. Raises Problem if refused."""
        answer, _ = await self._submit(command, body)
        return Response(answer.body, answer.status, media_type="application/json")

    async def _submit(self, command: Command, body: BaseModel) -> tuple[Answer, bool]:
        refuse_null_characters(body)
        call = requests.Call(
            command, body, self.principal, self._key(), traceparent=self.request.headers.get("traceparent")
        )
        door: requests.Requests = self.request.app.state.app.requests
        return await door.submit(call)

    def _key(self) -> str:
        """The Idempotency-Key. The public share one principal, so theirs must be random."""
        key = self.request.headers.get("idempotency-key", "").strip()
        if not 8 <= len(key) <= 200 or not key.isprintable():
            detail = "Send a header `Idempotency-Key` of 8 to 200 characters; repeat the request with the same key."
            raise Problem(400, "idempotency-key-missing", "This needs an Idempotency-Key", detail)
        if self.principal == PUBLIC.subject and not _is_random_uuid(key):
            detail = "Without a login the key must be a random UUID (version 4)."
            raise Problem(400, "idempotency-key-guessable", "This Idempotency-Key is not random", detail)
        return key


def refuse_null_characters(body: BaseModel) -> None:
    """A null character is not text (PostgreSQL can't keep it). Raises Problem 422."""
    if "\\u0000" in body.model_dump_json():
        raise Problem(422, "invalid-request", "The request is not valid", errors=[FieldError("", "null characters")])


def _is_random_uuid(text: str) -> bool:
    try:
        return uuid.UUID(text).version == 4
    except ValueError:
        return False


class ReadContext:
    """Reading for a route: statements of their own, outside any batch."""

    def __init__(self, request: Request) -> None:
        self._app = request.app.state.app

    @property
    def settings(self) -> Any:
        """The service's settings."""
        return self._app.settings

    @property
    def policies(self) -> Policies:
        """The service's policies."""
        policies: Policies = self._app.policies
        return policies

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]:
        """All rows of a statement."""
        pool: Pool = self._app.pool
        return await pool.fetch(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> None:
        """Run one statement that is its own transaction (an access log, a read mark)."""
        await self._app.pool.execute(sql, *arguments)


Call = Annotated[CallContext, Depends(CallContext)]
Reader = Annotated[ReadContext, Depends(ReadContext)]


class LimitBody:
    """Answers 413 to a body over the limit, without keeping it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes; past the limit the reader sees the end of the connection, and the caller the refusal."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        received, refused = 0, False

        async def counted() -> Message:
            nonlocal received, refused
            message = await receive()
            received += len(message.get("body", b""))
            refused = refused or received > LARGEST_BODY
            return {"type": "http.disconnect"} if refused else message

        async def unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        try:
            await self.app(scope, counted, unless_refused)
        finally:
            if refused:
                problem = Problem(413, "too-large", f"A request has at most {LARGEST_BODY} bytes")
                await _respond(Request(scope), problem)(scope, receive, send)


def install(web: FastAPI) -> None:
    """Make every refusal a problem document."""
    web.add_exception_handler(Problem, _on_problem)
    web.add_exception_handler(RequestValidationError, _on_invalid)
    web.add_exception_handler(HTTPException, _on_http)
    for kind in (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError, Exception):
        web.add_exception_handler(kind, _on_failure)
    web.add_middleware(LimitBody)


def _respond(request: Request, problem: Problem) -> Response:
    headers = {"retry-after": str(problem.retry_after)} if problem.retry_after else {}
    if problem.status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(problem.document(request.url.path), problem.status, headers, media_type=PROBLEM_JSON)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _respond(request, error)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [FieldError(".".join(str(p) for p in e["loc"] if p != "body"), e["msg"]) for e in error.errors()]
    return _respond(request, Problem(422, "invalid-request", "The request is not valid", errors=errors))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _respond(request, Problem(error.status_code, f"http-{error.status_code}", str(error.detail)))
    response.headers.update(error.headers or {})
    return response


async def _on_failure(request: Request, error: Exception) -> Response:
    if is_transient(error):
        log.warning("database_away", error=type(error).__name__)
        return _respond(request, Problem(503, "unavailable", "The database can't be reached", retry_after=2))
    log.error("request_failed", route=request.scope.get("path"), exc_info=error)
    return _respond(request, requests.internal())
