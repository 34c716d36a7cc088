"""A route: first its caller is judged, then its JSON is read, once and strictly; only then FastAPI takes both apart."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from shared.http import body, ndjson
from shared.http.authority import authorities


class Route(APIRoute):
    """FastAPI's own reads the body before it asks who sends it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with both before it. Raises Problem 400, 401, 403, 415 or 422."""
        judges = authorities(self.dependencies)  # whom FastAPI would ask again, after it has read the body
        self.dependant.dependencies = [each for each in self.dependant.dependencies if each.call not in judges]
        answer = super().get_route_handler()
        has_lines = ndjson.is_taken_by(self)

        async def handle(request: Request) -> Response:
            for judge in judges:
                await judge(request)
            return await answer(request if has_lines else await _strictly(request))

        return handle


class _Strict(Request):
    """A request whose JSON has been read when it is asked for."""

    value: Any = None

    async def json(self) -> Any:
        return self.value


async def _strictly(request: Request) -> Request:
    strict = _Strict(request.scope, request.receive)
    data = await strict.body()
    if data:
        body.refuse_other_media(strict.headers.get("content-type", ""))
        strict.value = body.value_of(data)
    return strict


Router = partial(APIRouter, route_class=Route)
"""A service's routes."""
