"""Every route names who may call it, and every change has an idempotency key."""

from typing import get_args, get_origin

import pytest
from fastapi.routing import APIRoute

from shared.http import Authority, CallContext, Page, Paging, Route
from shared.http.contract import KNOWN_BY, READS_ONLY, is_command, takes_key
from shared.operator import api as operator
from shared.service import Service
from tests.house.services import NAMES, SERVICES

OPERATOR = "operator"  # the routes that every service has
ROUTES = [
    *((name, route) for name in NAMES for route in SERVICES[name].routes.routes),
    *((OPERATOR, route) for router in operator.ROUTERS for route in router.routes),
]
every_route = pytest.mark.parametrize(("name", "route"), ROUTES, ids=[f"{n}{r.path}" for n, r in ROUTES])  # type: ignore[attr-defined]


def authorities(route: APIRoute) -> list[Authority]:
    """What a route asks of its caller."""
    return [found.dependency for found in route.dependencies if isinstance(found.dependency, Authority)]


@every_route
def test_a_route_names_exactly_one_authority(name: str, route: APIRoute) -> None:
    assert len(authorities(route)) == 1, f"{name} {route.path}: dependencies=[authority....]"


@every_route
def test_a_route_judges_its_caller_before_it_reads(name: str, route: APIRoute) -> None:
    assert isinstance(route, Route), f"{name} {route.path}: routes = Router() of shared.http, not FastAPI's APIRouter"


@every_route
def test_a_change_runs_as_a_command_with_a_key(name: str, route: APIRoute) -> None:
    if is_command(route):
        context = [each.name for each in route.dependant.dependencies if each.call is not None and each.name == "call"]
        assert context == ["call"], f"{name} {route.path}: take `call: Call` ({CallContext.__name__}) and run a command"


@every_route
def test_a_post_without_a_key_says_why(name: str, route: APIRoute) -> None:
    if route.methods != {"GET"} and not takes_key(route):
        reason = (route.openapi_extra or {})[KNOWN_BY if is_command(route) else READS_ONLY]
        assert len(reason.split()) > 3, f"{name} {route.path}: openapi_extra=only_reads(...) or known_by(...)"


@every_route
def test_internal_routes_are_for_services_only_and_no_other_is(name: str, route: APIRoute) -> None:
    (authority,) = authorities(route)
    only_services = bool(authority.services) and not authority.roles
    assert only_services is route.path.startswith("/internal/"), f"{name} {route.path}"


@every_route
def test_a_list_comes_in_pages(name: str, route: APIRoute) -> None:
    answer = route.response_model
    is_page = isinstance(answer, type) and issubclass(answer, Page)
    paging = get_args(Paging)[1].dependency
    asked = [each for each in route.dependant.dependencies if each.call is paging]
    assert get_origin(answer) not in (list, tuple), f"{name} {route.path}: answer with a Page"
    assert len(asked) == is_page, f"{name} {route.path}: take `asked: Paging`"


def test_operators_routes_are_for_operators_and_nobody_else() -> None:
    for name, route in ROUTES:
        assert isinstance(route, APIRoute)
        if name == OPERATOR:
            assert [each.names for each in authorities(route)] == [["operator"]], route.path


def test_there_are_routes_to_look_at() -> None:
    assert all(isinstance(route, APIRoute) for _, route in ROUTES)
    assert {name for name, _ in ROUTES} == {*NAMES, OPERATOR}
    assert all(isinstance(service, Service) for service in SERVICES.values())
