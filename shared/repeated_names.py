"""Names that come more than once in a JSON object: its readers need not agree on which value counts (RFC 8259, 4)."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

REPEATED = "comes more than once in its object"
MOST = 100
"""So many are named: nobody mends more at once, and an answer stays small."""


def paths(data: bytes) -> list[tuple[str, ...]]:
    """Where they are in a document that pydantic's reader took (valid UTF-8, nesting that ends); nearly always none."""
    return list(islice(_walk(_pairs(data), ()), MOST))


def outermost(data: bytes) -> list[str]:
    """Those of the object that such a document is."""
    return [name for name, times in Counter(name for name, _ in _pairs(data)).items() if times > 1]


def _pairs(data: bytes) -> Any:
    """The document with its objects as tuples of pairs; empty where no name comes twice in any of them."""
    text = data.decode()
    try:
        _ONCE.decode(text)
    except _Repeated:
        return _PAIRS.decode(text)
    return ()


class _Repeated(Exception):
    """There is one."""


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        raise _Repeated


_ONCE = json.JSONDecoder(object_pairs_hook=_once)
_PAIRS = json.JSONDecoder(object_pairs_hook=tuple)  # objects as tuples of pairs, since lists are the arrays


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _walk(item, (*path, str(place)))
    elif isinstance(value, tuple):
        for name, times in Counter(name for name, _ in value).items():
            if times > 1:
                yield (*path, name)
        for name, item in value:
            yield from _walk(item, (*path, name))
