"""What schemathesis leaves out, and how it writes lines."""

import json
from typing import Any

import schemathesis

LONGEST_QUERY = 10_000
"""The server's parser refuses addresses over 64 KiB before there is a request."""


@schemathesis.serializer("application/x-ndjson")
def lines(context: Any, value: Any) -> bytes:
    """An example is written already; whatever else it thinks of is a line."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.hook
def filter_query(context: Any, query: dict[str, Any] | None) -> bool:
    return len(str(query)) < LONGEST_QUERY
