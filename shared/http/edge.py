"""The layer around all routes: each request gets its id, its limits, and an answer, whatever fails beneath."""

import asyncio
import re
import uuid

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from shared.errors import REPEAT, Problem
from shared.http import body, problems

ANSWER_SECONDS = 20.0
"""Above every other limit (body 10 s, a command's turn 10 s, a read 5 s): the net under them."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


class Edge:
    """ASGI middleware. What is raised before the answer has begun becomes a problem; later it breaks off."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        named = ", ".join(Headers(scope=scope).getlist("x-request-id"))
        request_id = scope.setdefault("state", {})["request_id"] = name(named)
        answer = _Answer(send, request_id)
        routed = as_get(scope)
        with bound_contextvars(request_id=request_id):
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self.app(routed, await body.read(scope, receive), answer)
            except ClientDisconnect:
                return
            except asyncio.CancelledError:
                if answer.begun:
                    raise
                await problems.response(Request(routed), ending())(routed, receive, answer)
            except Exception as error:
                if answer.begun:
                    raise
                await problems.response(Request(routed), error)(routed, receive, answer)
            finally:  # what watches the scope from outside sees the route on a copy too
                scope["route"] = routed.get("route")


def ending() -> Problem:
    """The server ends and waits no longer for what still runs: left alone, it would answer with a bare 500."""
    return Problem(503, "ending", "This server is being stopped", REPEAT, retry_after=1)


def as_get(scope: Scope) -> Scope:
    """HEAD is GET without the body of its answer (RFC 9110, 9.3.2), which the server leaves out by its own scope."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


class _Answer:
    """Sends what the application says, under the request's id."""

    def __init__(self, send: Send, request_id: str) -> None:
        self.send, self.request_id = send, request_id
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            MutableHeaders(scope=message)["x-request-id"] = self.request_id
        await self.send(message)


def name(given: str) -> str:
    """The caller's name for the request where it is one that a log can hold, else a new one."""
    return given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
