"""Null characters in JSON: they are valid there, and PostgreSQL can't keep them in a text."""

from collections.abc import Iterator
from typing import Any

ESCAPED = b"\\u0000"
"""How JSON spells one. Bytes with it may also hold a backslash before `u0000`: only the parsed value tells."""


def paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where they are in a parsed value."""
    if isinstance(value, str) and "\0" in value:
        yield path
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from paths(item, (*path, str(place)))
    elif isinstance(value, dict):
        for name, item in value.items():
            if "\0" in name:
                yield path
            else:
                yield from paths(item, (*path, name))
