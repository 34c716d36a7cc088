"""What the present contracts break of the published ones: whoever wrote or reads an event by those must go on.

A stream is kept for good, and read by other releases than the one that wrote it. So an event stays, with its key; a
field stays, with its type and default; a new field has a default. A limit may be loosened, and a value may be added to
an enumeration: the listeners are released before the sender then. From strangers more may be taken than before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import eq, ge, le
from typing import Any

from deploy.contracts.schemas import LIMITS, MISSING, Field, fields
from shared.events import Kind

Document = Mapping[str, Any]
HINT = """\
What is on a stream stays there. Add a field with a default, or a new event; else begin the stream's next major version
beside this one. Was the event never told outside this branch? Then take its message out of docs/api/asyncapi.yaml."""
LOOSER: Mapping[str, Callable[[Any, Any], bool]] = {
    **{name: ge if name.startswith("max") else le for name in LIMITS},
    "pattern": eq,
}
"""Whether a new limit takes all that the old one took."""


def breaks(published: Document, present: Document) -> list[str]:
    """Each thing that was published and no longer holds, with the event's and the field's name; empty if none."""
    return list(_breaks(published, present))


def _breaks(published: Document, present: Document) -> Iterator[str]:
    was, found = published["components"]["messages"], present["components"]["messages"]
    for name, message in was.items():
        if name not in found:
            yield f"{name}: the event is gone"
            continue
        key, outside = found[name]["x-key"], found[name]["x-kind"] == Kind.STRANGER
        if message["x-key"] != key:
            yield f"{name}: its key was {message['x-key']} and is {key}: the order per key would be lost"
        kept = [example["payload"] for example in found[name]["examples"]]
        for example in message["examples"]:
            if example["payload"] not in kept:
                yield f"{name}: the body that was kept as {example['name']!r} is gone from golden/"
        problems = _of_bodies(_body(published, name), _body(present, name), outside=outside)
        yield from (f"{name}: {problem}" for problem in problems)


def _body(document: Document, name: str) -> dict[str, Field]:
    parts = document["components"]
    return {field.path: field for field in fields(parts["schemas"], parts["messages"][name]["payload"])}


def _of_bodies(was: Mapping[str, Field], found: Mapping[str, Field], *, outside: bool) -> Iterator[str]:
    for path, field in was.items():
        if path in found:
            yield from (f"field {path} {problem}" for problem in _of_fields(field, found[path], outside=outside))
        elif _whole(path) not in was or _whole(path) in found:
            yield f"field {path} is gone"
    for path, field in found.items():
        if path not in was and field.required and _whole(path) in {*was, ""}:
            yield f"field {path} is new and has no default"


def _whole(path: str) -> str:
    """The field that a field is in; nothing for one of the body itself."""
    return path.rpartition(".")[0].removesuffix("[]")


def _of_fields(was: Field, found: Field, *, outside: bool) -> Iterator[str]:
    types, more = set(was.types), set(found.types)
    if not (types <= more if outside else types == more):
        yield f"was of type {_or(was.types)} and is of type {_or(found.types)}"
    if found.required and not was.required:
        yield "could be left out and is required now"
    if was.required and not found.required and not outside:
        yield "was always there and may be left out now"
    if was.default is not MISSING and found.default is not MISSING and was.default != found.default:
        yield f"left out meant {was.default!r} and means {found.default!r} now"
    gone = [value for value in was.values if value not in found.values]
    if gone and found.values:
        yield f"no longer takes {', '.join(map(str, gone))}"
    if found.values and not was.values:
        yield f"took anything and takes only {', '.join(map(str, found.values))}"
    yield from (f"takes less than before: {limit}" for limit in _tightened(was.limits, found.limits))


def _tightened(was: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, limit in found.items():
        if name not in was:
            yield f"{name} {limit}"
        elif not LOOSER[name](limit, was[name]):
            yield f"{name} {was[name]} became {limit}"


def _or(types: tuple[str, ...]) -> str:
    return " or ".join(types)
