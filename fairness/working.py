"""The work on all processors: the same function on many inputs, whose results come in the order of the inputs."""

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class Workers:
    """Processes that work side by side; without a pool, this one."""

    def __init__(self, pool: ProcessPoolExecutor | None) -> None:
        self._pool = pool

    def each(self, work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
        """What `work` makes of each; both go from process to process, so `work` is a function of a module."""
        return self._pool.map(work, given) if self._pool else map(work, given)


@contextmanager
def workers(processes: int) -> Iterator[Workers]:
    """So many processes, gone at the end."""
    if processes == 1:
        yield Workers(None)
        return
    with ProcessPoolExecutor(processes, initializer=gc.freeze) as pool:  # what is loaded is no garbage: don't search it
        yield Workers(pool)
