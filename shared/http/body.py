"""A request as it comes in: head and body within their limits, before any route; then its JSON, read strictly."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from shared import null_characters, repeated_names
from shared.errors import FieldError, Problem

LARGEST_HEAD = 64 * 1024
LARGEST_BODY = 256 * 1024
LARGEST_THROWN_AWAY = 32 * 1024 * 1024
"""So much of a body that is too large is read all the same: who is still sending does not hear a refusal."""
BODY_SECONDS = 10.0
DEEPEST = 200
"""The nesting at which pydantic's JSON reader stops."""
NULL = "holds a null character, which is no text"
ONCE = (b"authorization", b"content-type", b"idempotency-key", b"receipt-code")
"""Headers that mean one thing: of two nobody can say which was meant. (Two names of a request are none, see edge.)"""


async def read(scope: Scope, receive: Receive) -> Receive:
    """The body, whole, to be received again by the route. Raises Problem 408, 413, 422 or 431."""
    refuse_large_head(scope)
    refuse_repeated_headers(scope)
    refuse_null_in_address(scope)
    refuse_endless_body(Headers(scope=scope).get("content-length", ""))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            data = await _whole(receive)
    except TimeoutError:
        detail = f"It must arrive within {BODY_SECONDS:.0f} seconds."
        raise Problem(408, "too-slow", "The body did not arrive in time", detail) from None
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


def refuse_repeated_headers(scope: Scope) -> None:
    """Raises Problem 422."""
    names = [name for name, _ in scope["headers"]]
    repeated = [name.decode() for name in ONCE if names.count(name) > 1]
    _refuse([FieldError(f"header.{name}", "comes more than once") for name in repeated])


def refuse_null_in_address(scope: Scope) -> None:
    """PostgreSQL can't keep null characters, nor compare with them. Raises Problem 422."""
    found = ["path"] if "\0" in scope["path"] else []
    if b"%00" in scope["query_string"]:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        found += ["query" if "\0" in name else f"query.{name}" for name, value in pairs if "\0" in name + value]
    _refuse([FieldError(place, NULL) for place in dict.fromkeys(found)])


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise Problem(422, "invalid-request", "The request is not valid", errors=errors)


def refuse_other_media(content_type: str) -> None:
    """Raises Problem 415 for what does not say that it is JSON."""
    media = content_type.partition(";")[0].strip().lower()
    if media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        raise Problem(415, "not-json", "A body is JSON here", "Send it with `Content-Type: application/json`.")


def value_of(data: bytes) -> Any:
    """Strict JSON: UTF-8, finite numbers, nesting that ends, each name once. Raises Problem 400, or 422 by field."""
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        if "recursion" in str(error):
            raise Problem(400, "too-deep", f"JSON has at most {DEEPEST} levels here") from None
        raise Problem(400, "invalid-json", "The body is not valid JSON", f"{error}.".capitalize()) from None
    nulls = null_characters.paths(value) if null_characters.ESCAPED in data else ()
    _refuse(
        [FieldError(".".join(path), NULL) for path in nulls]
        + [FieldError(".".join(path), repeated_names.REPEATED) for path in repeated_names.paths(data)]
    )
    return value
