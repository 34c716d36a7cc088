"""The HTTP edge: routes that name their authority, commands through the runner, problem details for every refusal."""

from functools import partial

from fastapi import FastAPI

from shared.day import Day
from shared.http import contract, ndjson, problems
from shared.http.authority import Authority, authority
from shared.http.context import Call, CallContext, Post, PostContext, ReadContext, Reader
from shared.http.contract import known_by, only_reads, refuses
from shared.http.edge import Edge
from shared.http.paging import Listing, Page, Paging
from shared.http.route import Route, Router

__all__ = [
    "Authority",
    "Call",
    "CallContext",
    "Day",
    "Listing",
    "Page",
    "Paging",
    "Post",
    "PostContext",
    "ReadContext",
    "Reader",
    "Route",
    "Router",
    "authority",
    "install",
    "known_by",
    "ndjson",
    "only_reads",
    "refuses",
]


def install(web: FastAPI) -> None:
    """Put the edge around an application."""
    problems.install(web)
    web.router.route_class = Route
    web.add_middleware(Edge)
    web.openapi = partial(contract.of, web)  # type: ignore[method-assign]
