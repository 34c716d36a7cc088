"""The schemas of what events carry, and the same as a flat list of fields: what people read and what is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from shared.events import Event

Schema = Mapping[str, Any]
Schemas = Mapping[str, Schema]
PLACE = "#/components/schemas/"
LIMITS = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern")
MISSING = object()


class _Untitled(GenerateJsonSchema):
    """A field's name is its title."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schemas_of(events: Sequence[type[Event]]) -> tuple[dict[type[Event], Schema], dict[str, Any]]:
    """A reference to the schema of each event's body; the schemas by name. What has a default may be left out."""
    references, made = models_json_schema(
        [(event, "validation") for event in events], ref_template=PLACE + "{model}", schema_generator=_Untitled
    )
    schemas = {name: _wrapped(schema) for name, schema in sorted(made["$defs"].items())}
    return {event: references[event, "validation"] for event in events}, schemas


def _wrapped(found: Any) -> Any:
    """Draft 7, which AsyncAPI speaks, ignores what stands beside a `$ref`."""
    if isinstance(found, list):
        return [_wrapped(each) for each in found]
    if not isinstance(found, dict):
        return found
    inner = {name: _wrapped(each) for name, each in found.items()}
    if "$ref" in inner and len(inner) > 1:
        return {"allOf": [{"$ref": inner.pop("$ref")}], **inner}
    return inner


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body. `path` has dots, and `[]` for each element of a list; `default` is MISSING where none is."""

    path: str
    types: tuple[str, ...]
    required: bool
    values: tuple[Any, ...]
    limits: Mapping[str, Any]
    default: Any
    meaning: str


def fields(schemas: Schemas, schema: Schema, prefix: str = "") -> Iterator[Field]:
    """The fields of an object and of the objects in it, each object's before what is in it."""
    found = resolved(schemas, schema)
    for name, inner in found.get("properties", {}).items():
        yield from _field(schemas, prefix + name, inner, name in found.get("required", ()))


def _field(schemas: Schemas, path: str, schema: Schema, required: bool) -> Iterator[Field]:
    whole = resolved(schemas, schema)
    options = [resolved(schemas, option) for option in whole.get("anyOf", [whole])]
    single = [resolved(schemas, option["items"]) if "items" in option else option for option in options]
    yield Field(
        path=path,
        types=tuple(_type(schemas, option) for option in options),
        required=required,
        values=tuple(value for each in single for value in _values(each)),
        limits={name: each[name] for each in (*options, *single) for name in LIMITS if name in each},
        default=whole.get("default", MISSING),
        meaning=" ".join(whole.get("description", "").split()),
    )
    for option, each in zip(options, single, strict=True):
        yield from fields(schemas, each, f"{path}[]." if "items" in option else f"{path}.")


def resolved(schemas: Schemas, schema: Schema) -> Schema:
    """A schema with what it refers to put in; what stands beside the reference goes before."""
    if "allOf" in schema:
        (only,) = schema["allOf"]
        return {**resolved(schemas, only), **{name: each for name, each in schema.items() if name != "allOf"}}
    return schemas[schema["$ref"].removeprefix(PLACE)] if "$ref" in schema else schema


def _type(schemas: Schemas, option: Schema) -> str:
    if "items" in option:
        return f"list of {_type(schemas, resolved(schemas, option['items']))}"
    return str(option.get("format") or option["type"])


def _values(option: Schema) -> Sequence[Any]:
    return option["enum"] if "enum" in option else [option["const"]] if "const" in option else []
