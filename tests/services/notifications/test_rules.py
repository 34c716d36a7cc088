"""Who is told what and when, and how a delivery moves: pure rules."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from itertools import product
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.model.deliveries import Delivery, Outcome, Sent, Standing
from services.notifications.model.notices import Person
from services.notifications.model.policies import DeliveryPolicy
from services.notifications.model.whats import What
from services.notifications.model.words import Audience, Medium, State, Verb
from services.notifications.rules import sending, states, telling
from services.notifications.rules.states import MOVES
from services.notifications.store.deliveries import CLAIM
from shared.clock import WorkingDays
from shared.events import Event
from shared.events.complaints import ComplaintFiled, Trigger, Visibility
from shared.events.evaluation import EvaluationCompleted, Need, Status
from shared.events.evaluation import Outcome as Result
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted

NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)  # Friday 10:00 in Jakarta
LATER = NOW + timedelta(days=4)
EMPLOYEE, SUPERIOR, COMPLAINT = UUID(int=1), UUID(int=2), UUID(int=3)
PEOPLE = {
    EMPLOYEE: Person(EMPLOYEE, 1, "Sari", "sari@salor.example", "id", SUPERIOR),
    SUPERIOR: Person(SUPERIOR, 1, "Budi", "budi@salor.example", "en", None),
}
POLICY = DeliveryPolicy(
    version="1",
    valid_from=NOW.date(),
    source="test",
    opening=time(8),
    lot=10,
    lease_seconds=30,
    attempts=4,
    backoff_seconds=1,
    backoff_limit_seconds=3,
)


def filed() -> ComplaintFiled:
    return ComplaintFiled(
        complaint_id=COMPLAINT,
        category="delay",
        part="delay",
        trigger=Trigger.AT_FILING,
        day=NOW.date(),
        filed_at=NOW,
        reporter_ref="r",
        visibility=Visibility.OPEN,
        employee_id=EMPLOYEE,
    )


def completed(
    outcome: Result = Result.ISOLATED,
    *,
    revision: int = 1,
    visibility: Visibility = Visibility.OPEN,
    employee: UUID = EMPLOYEE,
) -> EvaluationCompleted:
    need = Need(need_id=uuid4(), test="ktp", part="timeliness", dimension="discipline")
    return EvaluationCompleted(
        evaluation_id=uuid4(),
        complaint_id=COMPLAINT,
        incident_id=uuid4(),
        employee_id=employee,
        revision=revision,
        status=Status.PROVISIONAL,
        outcome=outcome,
        scores=(),
        needs=(need,) if outcome is Result.NEED else (),
        policy_version="2026.1",
        visibility=visibility,
    )


def enrolled(visibility: Visibility = Visibility.OPEN) -> EmployeeEnrolled:
    return EmployeeEnrolled(
        enrolment_id=uuid4(),
        need_id=uuid4(),
        evaluation_id=uuid4(),
        employee_id=EMPLOYEE,
        test="ktp",
        course="ktp-el",
        session_id=uuid4(),
        starts_at=NOW,
        visibility=visibility,
    )


def told(event: Event) -> list[tuple[Audience, What]]:
    return [(notice.audience, notice.what) for notice in telling.notices(event, PEOPLE, LATER)]


@pytest.mark.parametrize(
    ("outcome", "what"),
    [
        (Result.NOT_ENOUGH_EVIDENCE, What.NOT_ENOUGH_EVIDENCE),
        (Result.ISOLATED, What.ISOLATED),
        (Result.INCONCLUSIVE, What.INCONCLUSIVE),
        (Result.WATCH, What.WATCH),
        (Result.NEED, What.NEED),
    ],
)
def test_a_result_is_told_to_all_three_and_to_the_citizen_without_it(outcome: Result, what: What) -> None:
    assert told(completed(outcome)) == [
        (Audience.CITIZEN, What.EXAMINED),
        (Audience.EMPLOYEE, what),
        (Audience.SUPERIOR, What.REVIEW),
    ]
    citizen, *_ = telling.notices(completed(outcome), PEOPLE, LATER)
    assert (citizen.facts, citizen.not_before) == ({}, None)


def test_a_later_revision_is_told_as_an_update() -> None:
    assert told(completed(revision=2))[1:] == [
        (Audience.EMPLOYEE, What.REVISED),
        (Audience.SUPERIOR, What.REVIEW_REVISED),
    ]


def test_a_result_that_is_no_news_is_told_to_its_citizen_alone() -> None:
    assert told(completed(revision=2).model_copy(update={"news": False})) == [(Audience.CITIZEN, What.EXAMINED)]


def test_a_complaint_is_told_to_its_citizen_alone() -> None:
    assert told(filed()) == [(Audience.CITIZEN, What.RECEIVED)]


def test_a_training_is_told_to_employee_and_superior() -> None:
    assert told(enrolled()) == [(Audience.EMPLOYEE, What.ENROLLED), (Audience.SUPERIOR, What.STAFF_ENROLLED)]


def test_without_a_superior_only_the_employee_is_told() -> None:
    assert told(completed(employee=SUPERIOR)) == [
        (Audience.CITIZEN, What.EXAMINED),
        (Audience.EMPLOYEE, What.ISOLATED),
    ]


@pytest.mark.parametrize("visibility", [Visibility.ANONYMOUS, Visibility.CONFIDENTIAL])
def test_employee_and_superior_hear_of_a_hidden_case_with_the_daily_collection(visibility: Visibility) -> None:
    for event in (completed(visibility=visibility), enrolled(visibility)):
        for notice in telling.notices(event, PEOPLE, LATER):
            assert notice.not_before == (None if notice.audience is Audience.CITIZEN else LATER)


def test_the_daily_collection_after_friday_the_13th_of_march_2026_is_on_monday_at_eight() -> None:
    calendar = WorkingDays(ZoneInfo("Asia/Jakarta"))
    assert telling.collection(calendar, POLICY, NOW) == datetime(2026, 3, 16, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("event", [completed(Result.NEED), completed(revision=3), enrolled()])
def test_what_employee_and_superior_read_of_names_no_complaint(event: Event) -> None:
    for notice in telling.notices(event, PEOPLE, LATER):
        if notice.audience is not Audience.CITIZEN:
            assert str(COMPLAINT) not in str(notice)
            assert set(notice.facts) <= {"outcome", "tests", "test", "course", "starts_at", "employee_name"}


def test_whoever_the_directory_has_not_told_of_is_lacking() -> None:
    assert telling.lacking(filed(), {}) is None
    assert telling.lacking(completed(), {}) == EMPLOYEE
    assert telling.lacking(completed(), {EMPLOYEE: PEOPLE[EMPLOYEE]}) == SUPERIOR
    assert telling.lacking(completed(), PEOPLE) is None


FINAL = {State.ACCEPTED, State.FAILED, State.SUPPRESSED}
SENT_AGAIN = {State.PENDING, State.WAITING}


@pytest.mark.parametrize(("state", "verb"), list(product(State, Verb)))
def test_every_pair_of_state_and_verb_moves_as_the_table_says_or_not_at_all(state: State, verb: Verb) -> None:
    claim = uuid4()
    standing = Standing(uuid4(), claim, state, "e", Audience.EMPLOYEE, Medium.EMAIL, NOW)
    after = states.after(standing, Outcome(standing.delivery_id, claim, verb), NOW)
    assert after == MOVES.get((state, verb))
    if state in FINAL:
        assert after is None
    if state in (State.SENDING, State.UNKNOWN) and verb not in (Verb.RETRY, Verb.POSTPONE, Verb.RESEND):
        assert after not in SENT_AGAIN, "what may have been sent is never sent again blindly"


def test_an_outcome_under_another_claim_or_before_the_lease_is_over_changes_nothing() -> None:
    claim = uuid4()
    standing = Standing(uuid4(), claim, State.SENDING, "e", Audience.EMPLOYEE, Medium.EMAIL, NOW)
    assert states.after(standing, Outcome(standing.delivery_id, uuid4(), Verb.ACCEPT), NOW) is None
    assert states.after(standing, Outcome(standing.delivery_id, claim, Verb.EXPIRE), NOW - timedelta(seconds=1)) is None


def test_every_state_can_be_reached_and_every_unfinished_one_left() -> None:
    reached = {State.PENDING, State.WAITING}
    for _ in State:
        reached |= {after for (before, _), after in MOVES.items() if before in reached}
    assert reached == set(State)
    assert {before for before, _ in MOVES} == set(State) - FINAL


def test_the_claiming_statement_claims_what_the_table_says_may_be_claimed() -> None:
    may = sorted(state.value for (state, verb) in MOVES if verb is Verb.CLAIM)
    assert f"state IN ({', '.join(repr(state) for state in may)})" in CLAIM


def delivery(refusals: int = 0) -> Delivery:
    return Delivery(
        uuid4(), uuid4(), "e", What.REVIEW, Audience.SUPERIOR, SUPERIOR, Medium.EMAIL, {}, refusals, NOW, "correlated"
    )


def test_a_retry_waits_twice_as_long_each_time_up_to_a_limit_and_is_given_up_at_last() -> None:
    made = [sending.settled(delivery(n), Sent(Verb.RETRY, "smtp 421"), POLICY, NOW) for n in range(4)]
    assert [o.next_at and (o.next_at - NOW).total_seconds() for o in made] == [1, 2, 3, None]
    assert (made[-1].verb, made[-1].reason) == (Verb.REFUSE, "gave up: smtp 421")


def ages() -> st.SearchStrategy[timedelta]:
    return st.timedeltas(timedelta(0), timedelta(days=30))


@given(ages())
def test_waiting_for_a_contact_never_gives_up_and_looks_again_within_the_limit(age: timedelta) -> None:
    outcome = sending.held(delivery(), "vault 503", POLICY, NOW + age)
    assert outcome.verb is Verb.HOLD
    assert outcome.next_at is not None
    assert 1 <= (outcome.next_at - NOW - age).total_seconds() <= 3


def test_the_vault_is_asked_for_citizens_only_by_purpose() -> None:
    lot = [delivery(), *_citizens([What.RECEIVED, What.EXAMINED, What.RECEIVED])]
    asked = sending.purposes(lot)
    assert {purpose: len(ids) for purpose, ids in asked.items()} == {"received": 2, "examined": 1}


def _citizens(whats: Iterable[What]) -> list[Delivery]:
    return [Delivery(uuid4(), uuid4(), "e", w, Audience.CITIZEN, uuid4(), Medium.EMAIL, {}, 0, NOW) for w in whats]


def test_a_waiting_training_is_told_with_or_without_a_course() -> None:
    event = EmployeeWaitlisted(**{**enrolled().model_dump(), "course": None})
    assert told(event) == [(Audience.EMPLOYEE, What.WAITLISTED), (Audience.SUPERIOR, What.STAFF_WAITLISTED)]
