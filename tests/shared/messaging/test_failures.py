"""What a failure means, and how a lot is cut down to the one that fails."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import pytest
from asyncpg import exceptions
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging import failures
from shared.messaging.failures import TRIES, is_taken_back, is_transient, settle

WAITED_OUT = [
    exceptions.ConnectionDoesNotExistError("08003"),
    exceptions.ReadOnlySQLTransactionError("25006"),
    exceptions.IdleInTransactionSessionTimeoutError("25P03"),
    exceptions.QueryCanceledError("57014"),
    exceptions.SerializationError("40001"),
    exceptions.DeadlockDetectedError("40P01"),
    exceptions.TooManyConnectionsError("53300"),
    exceptions.DiskFullError("53100"),
    exceptions.LockNotAvailableError("55P03"),
    exceptions.AdminShutdownError("57P01"),
    exceptions.CannotConnectNowError("57P03"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InterfaceError("cannot call PreparedStatement.fetch(): the underlying connection has been released"),
    asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    ConnectionResetError(),
    TimeoutError(),
]
THE_ITEMS_OWN = [
    exceptions.OutOfMemoryError("53200"),
    exceptions.UniqueViolationError("23505"),
    exceptions.DivisionByZeroError("22012"),
    asyncpg.DataError("invalid input for query argument"),
    asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    ValueError(),
    KeyError(),
]


@pytest.mark.parametrize("error", WAITED_OUT, ids=lambda error: f"{type(error).__name__}")
def test_the_servers_trouble_is_waited_out(error: Exception) -> None:
    """Weaker: an innocent event is parked because the server was restarted."""
    assert is_transient(error)


@pytest.mark.parametrize("error", THE_ITEMS_OWN, ids=lambda error: f"{type(error).__name__}")
def test_anything_else_is_the_items_own(error: Exception) -> None:
    """Weaker: a partition waits for ever for something that no waiting mends."""
    assert not is_transient(error)


def test_only_what_the_server_took_back_has_surely_left_nothing() -> None:
    """Weaker: a connection that broke at its COMMIT counts too, and a caller is let wait for a server that is away."""
    assert [type(error).__name__ for error in WAITED_OUT if is_taken_back(error)] == [
        "SerializationError",
        "DeadlockDetectedError",
    ]
    assert not any(is_taken_back(error) for error in THE_ITEMS_OWN)


class Lots:
    """Runs lots of numbers; some numbers fail, each for a number of times (None: always)."""

    def __init__(self, failing: dict[int, int | None]) -> None:
        self.failing = failing
        self.done: list[int] = []
        self.given_up: list[int] = []
        self.runs: list[list[int]] = []

    async def run(self, lot: Sequence[int]) -> None:
        self.runs.append([*lot])
        for n in lot:
            left = self.failing.get(n, 0)
            if left is None or left > 0:
                self.failing[n] = None if left is None else left - 1
                raise ValueError
        self.done += lot

    async def give_up(self, n: int, error: Exception) -> None:
        self.given_up.append(n)


@given(st.integers(1, 40), st.sets(st.integers(0, 39), max_size=5))
async def test_the_failing_ones_are_given_up_and_all_others_done_once_in_order(count: int, failing: set[int]) -> None:
    lots = Lots(dict.fromkeys(failing, None))
    await settle(range(count), lots.run, lots.give_up)
    assert lots.done == [n for n in range(count) if n not in failing]
    assert lots.given_up == sorted(n for n in failing if n < count)


async def test_a_neighbour_is_run_again_no_oftener_than_the_lot_is_halved() -> None:
    """Weaker: one by one after the first failure, or the whole lot again for each bad one."""
    lots = Lots({5: None})
    await settle(range(64), lots.run, lots.give_up)
    assert sum(5 in run for run in lots.runs) == 6 + TRIES
    assert max(sum(n in run for run in lots.runs) for n in range(64) if n != 5) <= 7


async def test_one_that_fails_twice_and_then_succeeds_is_not_given_up() -> None:
    lots = Lots({0: TRIES - 1})
    await settle([0], lots.run, lots.give_up)
    assert (lots.done, lots.given_up) == ([0], [])


async def test_many_that_take_too_long_together_are_halved() -> None:
    """Weaker: as many are run again for ever, and take as long again."""
    done: list[int] = []

    async def run(lot: Sequence[int]) -> None:
        if len(lot) > 2:
            raise TimeoutError
        done.extend(lot)

    await settle(range(7), run, Lots({}).give_up)
    assert done == [*range(7)]


async def test_the_servers_trouble_costs_no_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "WAIT_SECONDS", (0.0, 0.0))
    trouble = [exceptions.DeadlockDetectedError(), *([OSError()] * 5)]
    done: list[int] = []

    async def run(lot: Sequence[int]) -> None:
        if trouble:
            raise trouble.pop()
        done.extend(lot)

    lots = Lots({})
    await settle([1, 2, 3], run, lots.give_up)
    assert (done, lots.given_up) == ([1, 2, 3], [])
    trouble += [TimeoutError()] * 5
    await settle([4], run, lots.give_up)
    assert (done, lots.given_up) == ([1, 2, 3, 4], [])
