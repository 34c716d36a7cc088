"""Waves, buckets and derived ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Event
from shared.messaging.listens import Listens
from shared.messaging.tx import Cause, Tx, derived_id
from shared.messaging.waves import BUCKETS, MOST, Work, buckets, run, waves
from shared.policy import Policies
from tests.shared.messaging.play import BEGINNING, Happened, Stated, happened
from tests.shared.messaging.world import World

TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM outbox"


async def _nothing(tx: Tx, causes: object) -> None:
    """A handler."""


def _work(order: int, key: str, names: frozenset[str], kind: str = "kind") -> Work:
    cause: Cause[None] = Cause(body=None, id=str(order), at=BEGINNING, order=order, correlation_id="")
    return Work(cause, _nothing, kind, key, tuple(("name", name) for name in sorted(names)))


WORKS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.frozensets(st.sampled_from("EFGH"), max_size=3)), max_size=25
).map(lambda rows: [_work(order, key, names) for order, (key, names) in enumerate(rows)])


def _share(one: Work, other: Work) -> bool:
    return one.key == other.key or bool({*one.names} & {*other.names})


@given(WORKS)
def test_no_wave_has_two_works_that_share_a_key_or_a_name(works: list[Work]) -> None:
    for wave in waves(works):
        assert not any(_share(one, other) for n, one in enumerate(wave) for other in wave[:n])


@given(WORKS)
def test_works_that_share_something_keep_their_order_and_each_is_in_one_wave(works: list[Work]) -> None:
    cut = waves(works)
    place = {work.cause.order: n for n, wave in enumerate(cut) for work in wave}
    assert sorted(place) == [work.cause.order for work in works]
    for n, later in enumerate(works):
        assert all(place[e.cause.order] < place[later.cause.order] for e in works[:n] if _share(e, later))


@given(WORKS)
def test_there_are_no_more_waves_than_needed(works: list[Work]) -> None:
    """Each work but those of the first wave has one that it must follow in the wave before."""
    cut = waves(works)
    for before, wave in pairwise(cut):
        assert all(any(_share(work, earlier) for earlier in before) for work in wave)


async def test_a_call_holds_one_kind_of_one_wave() -> None:
    calls: list[list[str]] = []

    async def handler(tx: Tx, causes: Sequence[Cause[None]]) -> None:
        calls.append([cause.id for cause in causes])

    names: list[frozenset[str]] = [frozenset("E"), frozenset("F"), frozenset("E"), frozenset()]
    works = [_work(n, str(n), each, kind="xxyx"[n]) for n, each in enumerate(names)]
    works = [Work(w.cause, handler, w.kind, w.key, w.names) for w in works]
    await run(Tx(None, BEGINNING, None, Policies({})), works)
    assert calls == [["0", "1", "3"], ["2"]]


async def test_a_transaction_holds_its_locks_for_no_more_waves_than_others_can_wait_for(world: World) -> None:
    """Weaker: a backlog about one officer is one transaction of minutes, and all who need the officer give up."""
    replica = await world.replica()
    await replica.settle([happened(f"a{n}", tells=("e",)) for n in range(1, MOST + 2)])
    assert await world.seen("a") == MOST + 1
    assert await world.look.fetchval(TRANSACTIONS) == 2
    assert [label for _, _, label in await world.echoes()] == [f"a{n}" for n in range(1, MOST + 2)]


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=8)), max_size=30))
def test_the_locks_of_names_are_few_sorted_and_the_same_everywhere(names: list[tuple[str, str]]) -> None:
    locks = buckets(names)
    assert locks == sorted(set(locks)) == buckets(reversed(names))
    assert all(0 <= lock < BUCKETS for lock in locks)


def test_12_eighty_thousand_names_are_no_more_locks_than_the_server_has_room_for() -> None:
    """Weaker: one advisory lock a name exhausts the shared memory of everybody."""
    assert len(buckets(("employee", str(n)) for n in range(80_000))) <= 1_024


@given(st.integers(0, 2**46), st.binary(), st.binary())
def test_a_derived_id_follows_from_its_seed_alone(milliseconds: int, seed: bytes, other: bytes) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    made = derived_id(at, seed)
    assert made == derived_id(at, seed)
    assert (made.version, made.variant) == (8, "specified in RFC 4122")
    assert made.int >> 80 == pytest.approx(milliseconds, abs=1), "in the order of time"
    assert (made == derived_id(at, other)) == (seed == other)


def test_a_type_has_one_handler() -> None:
    listens = Listens()
    listens.to(Happened)(_nothing)
    with pytest.raises(ValueError, match="Happened has a handler"):
        listens.to(Stated, Happened)(_nothing)


def test_the_default_lock_is_the_events_key() -> None:
    listens = Listens()
    listens.to(Happened)(_nothing)
    event: Event = Happened(subject="a", label="a1")
    assert list(listens.by_type[Happened.type].locks(event)) == [("key", "a")]
