"""What a route is given, made where the route runs."""

import inspect
from typing import Any

from fastapi import Depends
from fastapi.params import Depends as DependsParam


def at_once(kind: type) -> DependsParam:
    """`Depends(kind)` without a thread: FastAPI takes one for each that is no coroutine, and a small request waits."""

    async def made(**given: Any) -> Any:
        return kind(**given)

    made.__signature__ = inspect.signature(kind)  # type: ignore[attr-defined]
    depends: DependsParam = Depends(made)
    return depends
