"""The contract at /openapi.json: who may call each operation, the key of each command, and the problems it can give."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field

from shared.http.authority import Authority, authorities
from shared.http.body import LARGEST_BODY
from shared.http.context import LONGEST_KEY, SHORTEST_KEY
from shared.http.problems import PROBLEM_JSON

Route = APIRoute | RouteContext
RANDOM_UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$"
READS_ONLY = "x-reads-only"
KNOWN_BY = "x-known-by"
ABOUT = f"""Every refusal is a problem document (RFC 9457), those beside the operations too: 404 for an unknown address,
405 for a method that it does not have; HEAD goes where GET does. A request has at most {LARGEST_BODY} bytes of JSON.
`X-Request-Id` names a request, in the answer and in the logs; without one it gets one. A 503 says in `Retry-After`
when to come again."""
ANY = {
    422: "A field or a parameter is wrong: each is named",
    431: "The headers are too large",
    500: "Our own failure, which was recorded",
    503: "Overloaded, or the database is away: come again with the same Idempotency-Key",
}
WITH_AUTHORITY = {401: "No valid token", 403: "The token's roles do not allow this"}
WITH_KEY = {400: "The Idempotency-Key is missing, or is not random, or the body is not JSON"}
WITH_BODY = {
    400: "The body is not JSON",
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "The body does not say that it is JSON",
}
HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
    503: {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
}


class Mistake(BaseModel):
    """What is wrong with one field, in words; never the value."""

    model_config = ConfigDict(extra="forbid")

    field: str
    problem: str


class ProblemDetails(BaseModel):
    """A refusal. `type` is for machines, `title` and `detail` are for people."""

    model_config = ConfigDict(
        extra="forbid",
        title="Problem",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:salor:problem:invalid-request",
                    "title": "The request is not valid",
                    "status": 422,
                    "instance": "/things",
                    "errors": [{"field": "name", "problem": "is missing"}],
                }
            ]
        },
    )

    type: str = Field(pattern=r"^urn:salor:problem:[a-z0-9-]+$")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = ""
    instance: str = ""
    errors: list[Mistake] = []


def refuses(problems: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the problems of its own, by status, in words."""
    return {status: {"description": words} for status, words in problems.items()}


def only_reads(reason: str) -> dict[str, Any]:
    """For the `openapi_extra=` of a POST that changes nothing and so takes no Idempotency-Key: why it is no GET."""
    return {READS_ONLY: reason}


def known_by(what: str) -> dict[str, Any]:
    """For the `openapi_extra=` of a change that takes no Idempotency-Key: what in its body tells a repetition."""
    return {KNOWN_BY: what}


def is_command(route: Route) -> bool:
    """Whether a route changes something."""
    return route.methods != {"GET"} and READS_ONLY not in (route.openapi_extra or {})


def takes_key(route: Route) -> bool:
    """Whether a route needs an Idempotency-Key."""
    return is_command(route) and KNOWN_BY not in (route.openapi_extra or {})


def authority_of(route: Route) -> Authority:
    """What a route asks of its caller."""
    (named,) = authorities(route.dependencies)
    return named


def of(web: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application, made once."""
    if web.openapi_schema is None:
        made = get_openapi(title=web.title, version=web.version, description=ABOUT, routes=web.routes)
        for route in iter_route_contexts(web.routes):
            operations = made["paths"].get(route.path_format, {})
            for method in route.methods or ():
                if method.lower() in operations:
                    _complete(operations[method.lower()], route)
        _components(made)
        web.openapi_schema = made
    return web.openapi_schema


def _complete(operation: dict[str, Any], route: Route) -> None:
    names = authority_of(route).names
    operation["security"] = [{"bearer": names}] if names else []
    if takes_key(route):
        operation.setdefault("parameters", []).append(_key(public=not names))
    for status, words in _problems(route, operation):
        operation["responses"][str(status)] = {
            "description": words,
            "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            "headers": HEADERS.get(status, {}),
        }


def _problems(route: Route, operation: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    yield from ANY.items()
    if operation["security"]:
        yield from WITH_AUTHORITY.items()
    if "requestBody" in operation:
        yield from WITH_BODY.items()
    if takes_key(route):
        yield from WITH_KEY.items()
    for status, response in route.responses.items():
        yield int(status), response["description"]


def _key(*, public: bool) -> dict[str, Any]:
    text = {"type": "string", "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}
    words = "Names this change: repeated with the same key it takes effect once, and gets the same answer."
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": f"{words} Callers without a token send a random UUID." if public else words,
        "schema": {"type": "string", "pattern": RANDOM_UUID} if public else text,
        "example": "5f0c2a52-2b7e-4d0f-9a53-0c5b7b1d8e11",
    }


def _components(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for fastapis_own in ("HTTPValidationError", "ValidationError"):
        schemas.pop(fastapis_own, None)
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    words = (
        "A token of this system's issuer, or one that the service gave out itself where an operation says so. "
        "Each operation names the roles, or the services, that it lets in."
    )
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": words}
    }
