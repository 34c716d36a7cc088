"""A request as it comes in: head and body within their limits, and looked through once before any route sees them."""

import asyncio

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from shared import null_characters
from shared.errors import FieldError, Problem
from shared.http import ndjson

LARGEST_HEAD = 64 * 1024
LARGEST_BODY = 256 * 1024
LARGEST_THROWN_AWAY = 32 * 1024 * 1024
"""So much of a body that is too large is read all the same: who is still sending does not hear a refusal."""
BODY_SECONDS = 10.0
DEEPEST = 200
"""The nesting at which pydantic's JSON reader stops."""
NULL = "holds a null character, which is no text"


async def read(scope: Scope, receive: Receive) -> Receive:
    """The body, checked, to be received again by the route. Raises Problem 400, 408, 413, 415, 422 or 431."""
    refuse_large_head(scope)
    refuse_null_in_address(scope)
    headers = Headers(scope=scope)
    refuse_endless_body(headers.get("content-length", ""))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            data = await _whole(receive)
    except TimeoutError:
        detail = f"It must arrive within {BODY_SECONDS:.0f} seconds."
        raise Problem(408, "too-slow", "The body did not arrive in time", detail) from None
    if data and not ndjson.expected(scope):
        refuse_other_media(headers.get("content-type", ""))
        check(data)
    return _again(data, receive)


async def _whole(receive: Receive) -> bytes:
    kept, size, more = bytearray(), 0, True
    while more and size <= LARGEST_THROWN_AWAY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
        if size <= LARGEST_BODY:
            kept += message.get("body", b"")
    if size > LARGEST_BODY:
        raise _too_large()
    return bytes(kept)


def _too_large() -> Problem:
    return Problem(413, "too-large", f"A request has at most {LARGEST_BODY} bytes")


def _again(data: bytes, receive: Receive) -> Receive:
    """The body as one message, and then whatever comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": data, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def refuse_large_head(scope: Scope) -> None:
    """The server's parser has no limit of its own for headers. Raises Problem 431."""
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEAD:
        raise Problem(431, "head-too-large", f"The headers of a request have at most {LARGEST_HEAD} bytes")


def refuse_endless_body(declared: str) -> None:
    """One that says it is larger than what is thrown away is not waited for. Raises Problem 413."""
    if declared.isdecimal() and (len(declared) > 15 or int(declared) > LARGEST_THROWN_AWAY):
        raise _too_large()


def refuse_null_in_address(scope: Scope) -> None:
    """PostgreSQL can't keep null characters, nor compare with them. Raises Problem 422."""
    parts = {"path": "\0" in scope["path"], "query": b"%00" in scope["query_string"]}
    if any(parts.values()):
        errors = [FieldError(part, NULL) for part, found in parts.items() if found]
        raise Problem(422, "invalid-request", "The request is not valid", errors=errors)


def refuse_other_media(content_type: str) -> None:
    """Raises Problem 415 for what does not say that it is JSON."""
    media = content_type.partition(";")[0].strip().lower()
    if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        raise Problem(415, "not-json", "A body is JSON here", "Send it with `Content-Type: application/json`.")


def check(data: bytes) -> None:
    """Strict JSON: UTF-8, finite numbers, nesting that ends. Raises Problem 400, or 422 for null characters."""
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        if "recursion" in str(error):
            raise Problem(400, "too-deep", f"JSON has at most {DEEPEST} levels here") from None
        raise Problem(400, "invalid-json", "The body is not valid JSON", f"{error}.".capitalize()) from None
    if null_characters.ESCAPED in data:
        errors = [FieldError(".".join(path), NULL) for path in null_characters.paths(value)]
        if errors:
            raise Problem(422, "invalid-request", "The request is not valid", errors=errors)
