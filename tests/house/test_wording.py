"""Whatever can be wrong with an event or a request is said in our words: pydantic's are for programmers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

from shared.events import EVENTS, Event
from shared.operator import api as operator
from shared.wording import IN_WORDS, WORDS, mistakes
from tests.house.services import NAMES, SERVICES

MAY_SAY: dict[str, set[str]] = {
    "model": {"model_type", "model_attributes_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "str": {"string_type", "string_unicode"},
    "uuid": {"uuid_type", "uuid_parsing"},
    "bool": {"bool_type", "bool_parsing"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float", "finite_number"},
    "enum": {"enum"},
    "literal": {"literal_error"},
    "tuple": {"tuple_type", "missing"},
    "list": {"list_type"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "datetime": {
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_object_invalid",
        "timezone_aware",
    },
    **{kind: set[str]() for kind in ("model-field", "default", "nullable", "any", "definitions", "definition-ref")},
}
"""What each kind of a schema can find wrong. One that is not here is new: see what it says, and give it words."""
LIMITS: dict[str, set[str]] = {
    "pattern": {"string_pattern_mismatch"},
    "min_length": {"string_too_short", "too_short"},
    "max_length": {"string_too_long", "too_long"},
    "ge": {"greater_than_equal"},
    "le": {"less_than_equal"},
}
STRUCTURE = {
    "type", "ref", "schema", "metadata", "serialization", "config", "cls", "custom_init", "root_model", "model_name",
    "fields", "computed_fields", "extra_behavior", "default", "strict", "sub_type", "members", "expected",
    "items_schema", "variadic_item_index", "tz_constraint", "microseconds_precision",
    "definitions", "schema_ref",
}  # fmt: skip
JUNK: list[Any] = [
    None, True, -1, 0, 7, 1.5, 10**30, float("nan"), "", "x", "x" * 6000, "7", "a\nb", "\0", "2026-13-40", "2026-01-31",
    "2026-01-31T08:00:00", "2026-01-31T25:00:00Z", "9" * 30, [], ["x"], [{}], [None] * 300, {}, {"x": {}},
]  # fmt: skip


def schemas() -> dict[str, Any]:
    """Of every event, and of whatever a route takes, by where it is."""
    routes = [route for name in NAMES for route in SERVICES[name].routes.routes]
    routes += [route for router in operator.ROUTERS for route in router.routes]
    taken = {
        f"{route.path} {one.name}": one._type_adapter.core_schema
        for route in routes
        if isinstance(route, APIRoute)
        for one in _fields(route.dependant)
    }
    return {**taken, **{event.type: event.__pydantic_core_schema__ for event in EVENTS}}


def _fields(of: Dependant) -> Iterator[Any]:
    yield from (*of.path_params, *of.query_params, *of.header_params, *of.cookie_params, *of.body_params)
    for inner in of.dependencies:
        yield from _fields(inner)


def says(schema: Any) -> Iterator[str]:
    """Each kind of mistake that a schema can find; what stands in an `InWords` says only that."""
    if isinstance(schema, list | tuple):
        for part in schema:
            yield from says(part)
    elif isinstance(schema, dict) and schema.get("custom_error_type") != IN_WORDS:
        is_schema = isinstance(schema.get("type"), str)  # else these are fields by name
        if is_schema:
            yield from _says_itself(schema)
        for name, part in schema.items():
            if not is_schema or name not in ("metadata", "serialization", "default", "expected", "members", "config"):
                yield from says(part)


def _says_itself(schema: dict[str, Any]) -> Iterator[str]:
    yield from MAY_SAY.get(schema["type"], {f"the kind {schema['type']}"})
    for name in schema.keys() - STRUCTURE:
        yield from LIMITS.get(name, {f"the limit {name}"})


SCHEMAS = schemas()


@pytest.mark.parametrize("where", SCHEMAS)
def test_each_mistake_that_a_schema_can_find_has_words(where: str) -> None:
    assert set(says(SCHEMAS[where])) - WORDS.keys() == set(), "see shared/wording.py"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_whatever_a_field_holds_the_answer_is_in_words(event: type[Event]) -> None:
    """So that the table above is not only thought: the mistakes are made, in both forms of an event."""
    for junk in [{}, [], "x", *(dict.fromkeys(event.model_fields, each) for each in JUNK)]:
        for errors in (_wrong(event.model_validate, junk), _wrong(event.model_validate_json, json.dumps(junk))):
            assert {error["type"] for error in errors} <= {*WORDS, IN_WORDS}
            for mistake in mistakes(errors, "data"):
                assert mistake.field
                assert not [raw for raw in ("Input", "pattern", "Value error", "^") if raw in mistake.problem]


def _wrong(read: Any, value: Any) -> list[Any]:
    try:
        read(value)
    except ValidationError as error:
        return list(error.errors(include_input=False, include_url=False))
    return []


def test_the_table_names_mistakes_that_there_are() -> None:
    assert WORDS.keys() <= set(get_args(ErrorType))


def test_what_is_not_in_the_table_is_said_all_the_same_and_not_raw() -> None:
    (mistake,) = mistakes([{"type": "decimal_parsing", "loc": ("body", "fee"), "msg": "Input should be '^secret$'"}])
    assert (mistake.field, mistake.problem) == ("fee", "has a form that is not accepted")
