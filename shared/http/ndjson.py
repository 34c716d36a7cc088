"""Several documents in one request: a line each (NDJSON). A wrong line is its route's to answer, beside the others."""

from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from shared.errors import Problem

MEDIA = "application/x-ndjson"


def body(description: str, example: str) -> dict[str, Any]:
    """For a route's `openapi_extra=`: that it takes lines. It reads them itself, with `lines`."""
    content = {MEDIA: {"schema": {}, "example": example}}
    return {"requestBody": {"description": description, "required": True, "content": content}}


def is_taken_by(route: APIRoute) -> bool:
    """Whether a route takes lines."""
    return MEDIA in (route.openapi_extra or {}).get("requestBody", {}).get("content", {})


async def lines(request: Request, most: int) -> list[tuple[int, bytes]]:
    """The lines of a request that are not blank, numbered from 1. Raises Problem 413 or 415."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA:
        raise Problem(415, "not-ndjson", "A body is NDJSON here", f"Send it with `Content-Type: {MEDIA}`.")
    numbered = enumerate((await request.body()).split(b"\n"), 1)
    found = [(number, line) for number, line in numbered if line.strip()]
    if len(found) > most:
        raise Problem(413, "too-many-lines", f"A request has at most {most} lines", "Send the rest in another one.")
    return found
