"""The line as a machine: whatever happens in whatever order, seats are given fairly and none stands empty."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from services.training.model.enrolments import OPEN, Because, Kept, Need, Seats, State, Verb
from services.training.rules import needs as rules
from services.training.rules.results import again, missed, tries_again
from services.training.rules.seats import settle, treats
from shared.events.complaints import Visibility
from tests.services.training.test_rules import COURSES

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PARTS = {"ktp": "timeliness", "all": "timeliness", "delay": "delay", "coach": "coach"}


class Line(RuleBasedStateMachine):
    """Needs come, go, are suspended and missed; sessions are scheduled, cancelled, and pass: by the rules alone."""

    kept = Bundle("kept")
    sessions = Bundle("sessions")

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.rows: dict[UUID, Kept] = {}
        self.held: dict[UUID, Seats] = {}

    def _tick(self) -> None:
        self.now += timedelta(minutes=1)

    def _seats(self) -> list[Seats]:
        return [replace(each, holders=self._holders(each)) for each in self.held.values() if each.starts_at > self.now]

    def _holders(self, session: Seats) -> frozenset[UUID]:
        rows = self.rows.values()
        return frozenset(one.employee_id for one in rows if one.session_id == session.session_id)

    def _seat(self, entering: list[Kept], *, freed: bool) -> None:
        line = [one for one in self.rows.values() if one.state is State.WAITLISTED] if freed else []
        ids = {one.enrolment_id for one in (*line, *entering)}
        served = {
            one.need.weakness
            for one in self.rows.values()
            if one.need and one.state in OPEN and one.enrolment_id not in ids
        }
        before = dict(self.rows)
        for one in settle([*line, *entering], COURSES, self._seats(), self.now, served):
            self.rows[one.enrolment_id] = one
        self._nobody_was_passed_over(before)

    def _nobody_was_passed_over(self, before: dict[UUID, Kept]) -> None:
        """Who got a seat now, and shares it not, came before everybody who waits and whom the same course treats."""
        waiting = [one for one in self.rows.values() if one.state is State.WAITLISTED]
        for one in self.rows.values():
            was = before.get(one.enrolment_id)
            if one.state is State.ENROLLED and (was is None or was.session_id != one.session_id):
                shares = any(
                    each.session_id == one.session_id and each.employee_id == one.employee_id
                    for each in (*before.values(), *self.rows.values())
                    if each.enrolment_id != one.enrolment_id
                )
                earlier = [each for each in waiting if (each.since, each.enrolment_id) < (one.since, one.enrolment_id)]
                assert shares or not [each for each in earlier if one.course in _courses(each)]

    @rule(target=kept, employee=st.integers(1, 6), test=st.sampled_from(["ktp", "ktp", "ktp", "all", "delay", "coach"]))
    def a_need_comes(self, employee: int, test: str) -> UUID:
        self._tick()
        new, who = UUID(int=len(self.rows) + 1), UUID(int=100 + employee)
        row = Kept(
            enrolment_id=new,
            employee_id=who,
            need=Need(new, who, test, PARTS[test]),
            evaluation_id=new,
            visibility=Visibility.OPEN,
            state=State.WAITLISTED,
            since=self.now,
            enrolled_at=self.now,
            visible_from=self.now,
        )
        self._seat([row], freed=False)
        return new

    @rule(
        target=sessions,
        course=st.sampled_from(["ktp", "part", "delay"]),
        days=st.integers(1, 9),
        seats=st.integers(1, 2),
    )
    def a_session_is_scheduled(self, course: str, days: int, seats: int) -> UUID:
        self._tick()
        new = UUID(int=1000 + len(self.held))
        self.held[new] = Seats(new, course, self.now + timedelta(days=days), seats)
        self._seat([], freed=True)
        return new

    @rule(one=kept, verb=st.sampled_from([Verb.CANCEL, Verb.SUSPEND]))
    def a_need_is_withdrawn_or_suspended(self, one: UUID, verb: Verb) -> None:
        """As the actions do it: what it covered stands in line in its place."""
        self._tick()
        lost = self.rows[one]
        self.rows |= {each.enrolment_id: each for each in rules.released([lost], verb, Because.WITHDRAWN)}
        covered = [each for each in self.rows.values() if each.state is State.COVERED]
        self._seat(rules.heirs([lost], covered), freed=lost.state is State.ENROLLED)

    @rule(one=kept)
    def an_objection_is_refused(self, one: UUID) -> None:
        self._tick()
        self._seat(rules.confirmed([self.rows[one]], [State.SUSPENDED]), freed=False)

    @rule(session=consumes(sessions))
    def a_session_is_cancelled(self, session: UUID) -> None:
        self._tick()
        if self.held[session].starts_at > self.now:
            self.held[session] = replace(self.held[session], starts_at=START)
            self._seat([rules.queued(one) for one in self._seated(session)], freed=True)

    @rule(session=consumes(sessions))
    def a_session_passes_and_all_miss_it(self, session: UUID) -> None:
        self.now = max(self.now, self.held[session].starts_at)
        self._tick()
        seated = self._seated(session)
        again_in_line = [again(one, self.now) for one in seated if tries_again(one, 1)]
        for one in seated:
            if not tries_again(one, 1):
                of_it = [one, *(each for each in self.rows.values() if self._covers(one, each))]
                self.rows |= {each.enrolment_id: missed(each, one, Because.ABSENT) for each in of_it}
        self._seat(again_in_line, freed=False)

    def _seated(self, session: UUID) -> list[Kept]:
        return [one for one in self.rows.values() if one.session_id == session and one.state is State.ENROLLED]

    def _covers(self, one: Kept, other: Kept) -> bool:
        assert one.need
        assert other.need
        return other.state is State.COVERED and other.need.weakness == one.need.weakness

    @invariant()
    def no_session_is_over_capacity(self) -> None:
        assert all(len(self._holders(each)) <= each.seats for each in self.held.values())

    @invariant()
    def no_seat_is_free_while_somebody_waits_for_it(self) -> None:
        free = {each.course for each in self._seats() if len(each.holders) < each.seats}
        for one in self.rows.values():
            assert one.state is not State.WAITLISTED or not free & _courses(one)

    @invariant()
    def nobody_is_there_twice(self) -> None:
        open_ones = [one.need.weakness for one in self.rows.values() if one.need and one.state in OPEN]
        assert len(open_ones) == len(set(open_ones))

    @invariant()
    def what_is_covered_is_covered_by_something_open(self) -> None:
        open_ones = {one.need.weakness for one in self.rows.values() if one.need and one.state in OPEN}
        covered = {one.need.weakness for one in self.rows.values() if one.need and one.state is State.COVERED}
        assert covered <= open_ones

    @invariant()
    def who_has_a_seat_is_in_a_course_that_treats_the_need(self) -> None:
        for one in self.rows.values():
            if one.state is State.ENROLLED:
                assert one.session_id
                assert one.course == self.held[one.session_id].course
                assert one.course in _courses(one)


def _courses(one: Kept) -> set[str]:
    assert one.need
    return {course.code for course in treats(COURSES, one.need)}


TestLine = Line.TestCase
TestLine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
