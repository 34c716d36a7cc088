"""Who gets which seat: pure rules, and their properties."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.training.model.catalogue import Course, Words
from services.training.model.enrolments import Need, Placed, Seats, State
from services.training.rules.seats import allocate, treats

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
NAME = Words(id="x", en="x")


def course(code: str, *, tests: tuple[str, ...] = (), parts: tuple[str, ...] = ()) -> Course:
    return Course(code=code, name=NAME, form="bimtek", jp=5, tests=tests, parts=parts)


PART = course("part", parts=("timeliness",))
KTP = course("ktp", tests=("ktp",))
DELAY = course("delay", tests=("delay",))
COURSES = (PART, KTP, DELAY)


def need(n: int, employee: int = 1, test: str = "ktp", part: str = "timeliness") -> Need:
    return Need(UUID(int=n), UUID(int=employee), test, part)


def session(n: int, of: str = "ktp", *, in_days: int = 5, seats: int = 1) -> Seats:
    return Seats(UUID(int=1000 + n), of, NOW + timedelta(days=in_days), seats)


def test_a_course_that_names_the_test_comes_before_one_that_names_its_part() -> None:
    assert treats(COURSES, need(1)) == [KTP, PART]
    assert treats(COURSES, need(1, test="sktm")) == [PART]
    assert treats(COURSES, need(1, test="coach", part="coach")) == []


def test_the_earliest_future_session_with_a_free_seat_is_chosen() -> None:
    given = [session(1, in_days=-1), session(2, in_days=20), session(3, in_days=10)]
    first, second, third = allocate([need(1, 1), need(2, 2), need(3, 3)], [KTP], given, NOW)
    assert [p.session and p.session.session_id for p in (first, second)] == [given[2].session_id, given[1].session_id]
    assert (third.state, third.course, third.session) == (State.WAITLISTED, "ktp", None)


def test_where_the_named_course_is_full_one_for_the_whole_part_treats_the_need() -> None:
    placed = allocate([need(1, 1), need(2, 2)], COURSES, [session(1), session(2, "part")], NOW)
    assert [p.course for p in placed] == ["ktp", "part"]


def test_a_need_that_no_course_treats_waits_without_a_course() -> None:
    (placed,) = allocate([need(1, test="coach", part="coach")], COURSES, [session(1)], NOW)
    assert (placed.state, placed.course) == (State.WAITLISTED, None)


def test_a_second_need_for_the_same_open_weakness_is_covered() -> None:
    again = allocate([need(2)], COURSES, [session(1)], NOW, {(UUID(int=1), "ktp")})
    assert [p.state for p in again] == [State.COVERED]


def test_two_weaknesses_that_one_course_treats_share_one_seat() -> None:
    needs = [need(1, test="all"), need(2, test="sktm"), need(3, employee=2, test="all")]
    placed = allocate(needs, [PART], [session(1, "part", seats=2), session(2, "part", in_days=9)], NOW)
    assert {p.session.session_id for p in placed if p.session} == {session(1).session_id}
    assert [p.session and len(p.session.holders) for p in placed] == [1, 1, 2]


NEEDS = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(["ktp", "sktm", "all", "delay", "coach"])), max_size=25
).map(lambda pairs: [need(n, e, t, "delay" if t == "delay" else "timeliness") for n, (e, t) in enumerate(pairs)])
SESSIONS = st.lists(
    st.tuples(st.sampled_from(["ktp", "part", "delay"]), st.integers(-3, 9), st.integers(1, 3)), max_size=6
).map(lambda given: [session(n, of, in_days=d, seats=s) for n, (of, d, s) in enumerate(given)])


@given(NEEDS, SESSIONS)
def test_no_session_is_ever_over_capacity_and_nobody_sits_twice_in_a_course(
    needs: list[Need], sessions: list[Seats]
) -> None:
    placed = allocate(needs, COURSES, sessions, NOW)
    seats = {(p.session.session_id, p.need.employee_id, p.course) for p in placed if p.session}
    taken = Counter(session_id for session_id, _, _ in seats)
    assert all(taken[s.session_id] <= s.seats for s in sessions)
    assert max(Counter((employee, code) for _, employee, code in seats).values(), default=0) <= 1
    open_ones = Counter((p.need.employee_id, p.need.test) for p in placed if p.state is not State.COVERED)
    assert max(open_ones.values(), default=0) <= 1
    assert len(placed) == len(needs)


@given(NEEDS, SESSIONS)
def test_nobody_waits_while_a_course_that_treats_the_need_has_a_free_seat(
    needs: list[Need], sessions: list[Seats]
) -> None:
    placed = allocate(needs, COURSES, sessions, NOW)
    for waiting in (p for p in placed if p.state is State.WAITLISTED):
        codes = {c.code for c in treats(COURSES, waiting.need)}
        for s in (s for s in sessions if s.course in codes and s.starts_at > NOW):
            assert sum(1 for _ in _holders(placed, s)) == s.seats


def _holders(placed: list[Placed], s: Seats) -> set[UUID]:
    return {p.need.employee_id for p in placed if p.session and p.session.session_id == s.session_id}


@given(NEEDS, SESSIONS, st.sets(st.integers(0, 25)))
def test_any_cutting_of_the_needs_into_calls_places_them_alike(
    needs: list[Need], sessions: list[Seats], cuts: set[int]
) -> None:
    whole = allocate(needs, COURSES, sessions, NOW)
    seats = {s.session_id: s for s in sessions}
    served: set[tuple[UUID, str]] = set()
    parts: list[Placed] = []
    edges = [0, *sorted(c for c in cuts if c < len(needs)), len(needs)]
    for start, end in pairwise(edges):
        parts += (placed := allocate(needs[start:end], COURSES, list(seats.values()), NOW, served))
        seats |= {p.session.session_id: p.session for p in placed if p.session}
        served |= {(p.need.employee_id, p.need.test) for p in placed}
    assert parts == whole
