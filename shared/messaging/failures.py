"""What a failure means: the server's trouble is waited out; anything else is cut down to the item and given up."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import asyncpg
import structlog

from shared.errors import REPEAT, Problem

I = TypeVar("I")  # noqa: E741
T = TypeVar("T")

log = structlog.get_logger()

TRIES = 3
"""Attempts on a single item before it is given up (parked, dead-lettered or refused)."""
WAIT_SECONDS = (0.05, 0.5)
"""First and longest pause between two attempts while the server is in trouble.

The longest, with its jitter, is below the haste of commands: who comes when the server is back is served.
"""
OUT_OF_MEMORY = "53200"
DISK_FULL = "53100"
TRANSIENT_STATES = ("08", "25006", "25P03", "40001", "40P01", "53", "55P03", "57014", "57P")
"""25006: the connection leads to a server that has become a standby. 25P03, 57014: it was ended from outside."""
TAKEN_BACK_STATES = ("40001", "40P01")
TRANSIENT_ERRORS = (OSError, TimeoutError, asyncpg.InternalClientError)
"""The last one is the driver's own confusion after a connection was dropped or an operation cancelled."""


class Rerun(Exception):
    """A batch asks to be run again, knowing more: no failure."""


def is_transient(error: BaseException) -> bool:
    """Whether waiting can help: connection, serialisation, deadlock, resources, operator intervention."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state != OUT_OF_MEMORY and state.startswith(TRANSIENT_STATES)
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error) or "released" in str(error)
    return isinstance(error, TRANSIENT_ERRORS)


def is_taken_back(error: BaseException) -> bool:
    """Whether the server rolled a transaction back for others' sake: it serves, nothing is left, and the next may do.

    PostgreSQL's manual, 13.5, on serialisation failures and deadlocks: run the whole transaction again.
    """
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in TAKEN_BACK_STATES


def unavailable(error: BaseException) -> Problem:
    """What a caller is told while the server is in trouble."""
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate == DISK_FULL:
        return Problem(503, "storage-full", "Nothing can be stored at the moment", REPEAT, retry_after=30)
    return Problem(503, "unavailable", "The database can't be reached in time", REPEAT, retry_after=2)


def heed_cancellation(error: BaseException) -> None:
    """Go on with a cancellation that an error took the place of: a transaction can't be ended on a dropped connection.

    Without it the work is taken up again, and a process that was told to stop never does.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error


async def settle(
    items: Sequence[I],
    run: Callable[[Sequence[I]], Awaitable[None]],
    give_up: Callable[[I, Exception], Awaitable[None]],
) -> None:
    """Run items in one transaction; on a failure of theirs halve them, in order, down to the one that fails.

    Several that take too long are halved too: as many would take as long again.
    """
    hopeless = TimeoutError if len(items) > 1 else ()
    try:
        await patiently(lambda: run(items), hopeless)
    except Rerun:
        raise
    except Exception as error:
        if len(items) == 1:
            await _try_again(items[0], run, give_up, error)
        else:
            middle = len(items) // 2
            await settle(items[:middle], run, give_up)
            await settle(items[middle:], run, give_up)


async def _try_again(
    item: I,
    run: Callable[[Sequence[I]], Awaitable[None]],
    give_up: Callable[[I, Exception], Awaitable[None]],
    error: Exception,
) -> None:
    for _ in range(TRIES - 1):
        try:
            await patiently(lambda: run([item]))
        except Exception as again:
            error = again
        else:
            return
    last = error
    await patiently(lambda: give_up(item, last))


async def patiently(
    act: Callable[[], Awaitable[T]],
    hopeless: type[Exception] | tuple[type[Exception], ...] = (),
    *,
    helps: Callable[[BaseException], bool] = is_transient,
) -> T:
    """Repeat an act for as long as the server is in trouble. Raises what waiting does not help, or is `hopeless`."""
    pause, longest = WAIT_SECONDS
    while True:
        try:
            return await act()
        except Exception as error:
            heed_cancellation(error)
            if not helps(error) or isinstance(error, hopeless):
                raise
            log.warning("waiting_for_database", error=type(error).__name__)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
        pause = min(pause * 2, longest)
