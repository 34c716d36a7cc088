"""The HTTP edge: routes that name their authority, commands through the runner, problem details for every refusal."""

from fastapi import FastAPI

from shared.http import problems
from shared.http.authority import Authority, authority
from shared.http.context import Call, CallContext, ReadContext, Reader
from shared.http.edge import Edge
from shared.http.paging import Listing, Page, Paging

__all__ = [
    "Authority",
    "Call",
    "CallContext",
    "Listing",
    "Page",
    "Paging",
    "ReadContext",
    "Reader",
    "authority",
    "install",
]


def install(web: FastAPI) -> None:
    """Put the edge around an application."""
    problems.install(web)
    web.add_middleware(Edge)
