"""The contract of each service: who may call what, with which key, what it answers, and how it refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from shared import http
from shared.http.contract import authority_of, is_command, takes_key
from shared.http.problems import PROBLEM_JSON
from shared.operator import api as operator
from tests.house.services import NAMES, SERVICES

Operation = dict[str, Any]
ROUTERS = {**{name: (SERVICES[name].routes,) for name in NAMES}, "operator": operator.ROUTERS}


def contract(name: str) -> dict[str, Any]:
    web = FastAPI(title=name)
    http.install(web)
    for router in ROUTERS[name]:
        web.include_router(router)
    return web.openapi()


def operations() -> Iterator[tuple[str, APIRoute, Operation]]:
    for name in ROUTERS:
        paths = contract(name)["paths"]
        for route in (route for router in ROUTERS[name] for route in router.routes):
            assert isinstance(route, APIRoute)
            for method in route.methods or ():
                yield f"{name} {method} {route.path}", route, paths[route.path_format][method.lower()]


OPERATIONS = list(operations())
every_operation = pytest.mark.parametrize(
    ("route", "operation"), [o[1:] for o in OPERATIONS], ids=[o[0] for o in OPERATIONS]
)


@every_operation
def test_an_operation_says_who_may_call_it(route: APIRoute, operation: Operation) -> None:
    names = authority_of(route).names
    assert operation["security"] == ([{"bearer": names}] if names else [])
    assert ({"401", "403"} <= operation["responses"].keys()) is bool(names)


@every_operation
def test_every_refusal_is_a_problem_document(route: APIRoute, operation: Operation) -> None:
    refusals = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
    assert {"422", "500", "503"} <= refusals.keys()
    assert ({"400", "408", "413", "415"} <= refusals.keys()) is ("requestBody" in operation)
    problem = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert all(answer["content"] == problem and answer["description"] for answer in refusals.values())


@every_operation
def test_a_command_asks_for_its_key_and_nothing_else_does(route: APIRoute, operation: Operation) -> None:
    keys = [each for each in operation.get("parameters", []) if each["name"] == "Idempotency-Key"]
    assert [key["required"] for key in keys] == ([True] if takes_key(route) else [])


@every_operation
def test_bodies_and_answers_have_examples_that_are_true(route: APIRoute, operation: Operation) -> None:
    body = [route.body_field.field_info.annotation] if route.body_field else []
    for model in [*body, route.response_model]:
        adapter: TypeAdapter[Any] = TypeAdapter(model)
        examples = adapter.json_schema(by_alias=True)["examples"]
        assert examples
        for example in examples:
            adapter.validate_json(json.dumps(example))


@pytest.mark.parametrize("name", ROUTERS)
def test_fastapis_own_refusals_are_not_in_the_contract(name: str) -> None:
    made = contract(name)
    assert "ValidationError" not in json.dumps(made)
    assert made["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert {"Problem", "Mistake"} <= made["components"]["schemas"].keys()


def test_there_are_commands_and_operations_to_look_at() -> None:
    assert any(is_command(route) for _, route, _ in OPERATIONS)
    assert {name.split()[0] for name, _, _ in OPERATIONS} == set(ROUTERS)
