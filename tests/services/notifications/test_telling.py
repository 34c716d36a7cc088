"""Who is told what of each fact of the loop: tables, and what holds for all of them."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from services.notifications.model.notices import Notice, Person
from services.notifications.model.whats import KINDS, What
from services.notifications.model.words import Audience
from services.notifications.rules import telling
from shared.events import Event
from shared.events.complaints import Clock, CommentAdded, DeadlineMoved, DeadlineNear, Visibility
from shared.events.evaluation import EvaluationConfirmed, ObjectionFiled, PeriodDecided
from tests.services.notifications.facts import DECIDER, HANDLER, closing, everything, handling, judging, training
from tests.services.notifications.test_rules import COMPLAINT, EMPLOYEE, LATER, PEOPLE, SUPERIOR

ALL = {
    **PEOPLE,
    HANDLER: Person(HANDLER, 1, "Wati", "wati@salor.example", "id", None),
    DECIDER: Person(DECIDER, 1, "Ratna", "ratna@salor.example", "id", None),
}
TOLD = {
    "ComplaintFiled": ["received"],
    "ComplaintVerified": ["verified"],
    "ComplaintAnswered": ["answered"],
    "FindingRevised": ["answered"],
    "DataRequested": ["data_requested"],
    "ComplaintReopened": ["reopened"],
    "ComplaintRejected": ["rejected"],
    "ComplaintPassedOn": ["passed_on"],
    "ComplaintReferred": ["referred"],
    "ComplaintWithdrawn": ["withdrawn"],
    "CommentAdded": ["commented"],
    "ComplaintClosed": ["closed"],
    "DeadlineMoved": ["deadline_moved"],
    "IdentityRevealed": ["identity_revealed"],
    "ReporterErased": ["erased"],
    "DeadlineNear": ["deadline_near"],
    "ComplaintEscalated": ["escalated"],
    "EvaluationCompleted": ["examined", "result_isolated", "review"],
    "EvaluationConfirmed": ["result_confirmed"],
    "EvaluationWithdrawn": ["result_withdrawn", "staff_result_withdrawn"],
    "ObjectionFiled": ["objection_filed", "staff_objection_filed", "review_objection"],
    "ObjectionDecided": ["objection_decided", "staff_objection_decided"],
    "CoachingOffered": ["coaching"],
    "PeriodAssessed": ["period", "review_period"],
    "PeriodDecided": ["period_decided"],
    "PeriodObjectionFiled": ["objection_filed", "staff_objection_filed", "review_objection"],
    "PeriodObjectionDecided": ["period_objection_decided", "staff_period_objection_decided"],
    "EmployeeEnrolled": ["enrolled", "staff_enrolled"],
    "EmployeeWaitlisted": ["waitlisted", "staff_waitlisted"],
    "EmployeePromoted": ["promoted", "staff_promoted"],
    "EnrolmentCancelled": ["cancelled", "staff_cancelled"],
    "TrainingCompleted": ["completed", "staff_completed"],
    "TrainingMissed": ["missed", "staff_missed"],
}
each_fact = pytest.mark.parametrize("event", everything(), ids=lambda event: type(event).__name__)
HIDDEN = [Visibility.ANONYMOUS, Visibility.CONFIDENTIAL]
HIDES = {Audience.EMPLOYEE, Audience.SUPERIOR}


def told(event: Event) -> list[Notice]:
    return telling.notices(event, ALL, LATER)


def to_whom(event: Event) -> dict[UUID, What]:
    return {notice.recipient: notice.what for notice in told(event)}


@each_fact
def test_each_fact_is_told_to_whom_it_concerns(event: Event) -> None:
    assert [notice.what for notice in told(event)] == TOLD[type(event).__name__]


@each_fact
def test_a_letter_gets_the_facts_that_its_template_may_use_and_no_others(event: Event) -> None:
    for notice in told(event):
        assert set(notice.facts) - {"employee_name"} == set(KINDS[notice.what].facts) - {"employee_name"}


@each_fact
def test_only_who_handles_a_case_reads_which_one_it_is(event: Event) -> None:
    for notice in told(event):
        assert (str(COMPLAINT) in str(notice.facts)) is (notice.audience is Audience.HANDLER)


@pytest.mark.parametrize("visibility", HIDDEN)
def test_whatever_follows_from_a_hidden_case_leaves_with_the_daily_collection(visibility: Visibility) -> None:
    notices = [notice for event in [*judging(visibility), *training(visibility)] for notice in told(event)]
    assert {notice.audience for notice in notices} == HIDES
    assert {notice.not_before for notice in notices} == {LATER}
    opened = [notice for event in [*judging(), *training(), *handling()] for notice in told(event)]
    assert {notice.not_before for notice in opened} == {None}


@each_fact
def test_somebody_of_whom_the_directory_has_not_told_is_waited_for(event: Event) -> None:
    wanted = {notice.recipient for notice in told(event)} - {COMPLAINT}
    assert telling.lacking(event, ALL) is None
    for one in wanted:
        assert telling.lacking(event, {who: person for who, person in ALL.items() if who != one}) == one


def test_whoever_confirmed_is_not_told_and_the_superior_is_told_what_somebody_else_confirmed() -> None:
    event = judging()[0]
    assert isinstance(event, EvaluationConfirmed)
    assert to_whom(event) == {EMPLOYEE: What.CONFIRMED}
    for by in (None, DECIDER):
        other = event.model_copy(update={"confirmed_by": by, "adjusted": True})
        assert to_whom(other) == {EMPLOYEE: What.ADJUSTED, SUPERIOR: What.STAFF_CONFIRMED}


def test_a_superior_is_told_which_predicate_somebody_else_has_set() -> None:
    event = closing()[1]
    assert isinstance(event, PeriodDecided)
    assert to_whom(event) == {EMPLOYEE: What.PERIOD_DECIDED}
    for by in (None, DECIDER):
        other = event.model_copy(update={"decided_by": by})
        assert to_whom(other) == {EMPLOYEE: What.PERIOD_DECIDED, SUPERIOR: What.STAFF_PERIOD_DECIDED}


def test_a_superior_who_decides_an_objection_is_told_so_once() -> None:
    event = judging()[2]
    assert isinstance(event, ObjectionFiled)
    stands_in = event.model_copy(update={"decides_id": SUPERIOR})
    assert to_whom(stands_in) == {EMPLOYEE: What.OBJECTION_FILED, SUPERIOR: What.REVIEW_OBJECTION}
    nobody = event.model_copy(update={"decides_id": None})
    assert to_whom(nobody) == {EMPLOYEE: What.OBJECTION_FILED, SUPERIOR: What.STAFF_OBJECTION_FILED}


def test_what_the_reporter_said_and_clocks_of_the_office_alone_are_told_to_nobody() -> None:
    assert told(CommentAdded(complaint_id=COMPLAINT, comment_id=uuid4(), by_reporter=True)) == []
    for clock in (Clock.VERIFICATION, Clock.LIMIT):
        moved = DeadlineMoved(complaint_id=COMPLAINT, clock=clock, due_on=date(2026, 3, 27), reason="pause")
        assert told(moved) == []
    near = DeadlineNear(
        complaint_id=COMPLAINT, clock=Clock.LIMIT, due_on=date(2026, 3, 27), handler_id=None, threshold=0
    )
    assert (told(near), telling.lacking(near, {})) == ([], None)


def test_needs_that_share_a_seat_are_one_thing_to_say() -> None:
    done = training()[4]
    other = done.model_copy(update={"enrolment_id": uuid4(), "need_id": uuid4()})
    assert [replace(notice, facts={}) for notice in told(done)] == [replace(n, facts={}) for n in told(other)]
    assert None not in {notice.occasion for notice in told(done)}
