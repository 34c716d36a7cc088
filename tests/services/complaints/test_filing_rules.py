"""What is refused, whom a complaint is about, and which day it counts on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.model.rows import Complaint, State
from services.complaints.rules import filing
from services.complaints.rules.filing import Circumstances
from shared.events.complaints import Trigger, Visibility
from shared.events.frontoffice import ComplaintSubmitted
from tests.services.complaints.given import (
    COLLEAGUE,
    MONDAY,
    OFFICER,
    POLICY,
    SKCK,
    TAXONOMY,
    a_complaint,
    a_completion,
    a_record,
    a_request,
    circumstances,
    local,
)

NOW = local(MONDAY, 12)
OPEN_RECORD = a_record(a_request())
LATE_FINISH = a_record(a_completion(minutes=3 * 24 * 60))


def made(submission: ComplaintSubmitted, seen: Circumstances) -> Complaint:
    return filing.complaint(
        submission, seen, complaint_id=UUID(int=1), sender=None, reporter_ref="ref", receipt_hash=b"hash"
    )


def fields(submission: ComplaintSubmitted, **seen: Any) -> list[str]:
    return [problem.field for problem in filing.problems(submission, circumstances(**seen))]


def test_a_plain_complaint_has_no_problems() -> None:
    assert fields(a_complaint()) == []


@pytest.mark.parametrize(
    ("submission", "seen", "refused"),
    [
        pytest.param(a_complaint(), {"category": None}, ["category"], id="unknown category"),
        pytest.param(a_complaint(service="nope"), {}, ["service"], id="unknown service"),
        pytest.param(a_complaint(text=" \n"), {}, ["text"], id="only spaces"),
        pytest.param(a_complaint(text="a\0b"), {}, ["text"], id="a null character"),
        pytest.param(a_complaint(occurred_on=MONDAY + timedelta(1)), {}, ["occurred_on"], id="tomorrow"),
        pytest.param(a_complaint(occurred_on=MONDAY - timedelta(31)), {}, ["occurred_on"], id="UU 25/2009: 31 days"),
        pytest.param(a_complaint(occurred_on=MONDAY - timedelta(30)), {}, [], id="UU 25/2009: 30 days"),
        pytest.param(a_complaint(occurred_on=MONDAY), {}, [], id="today"),
        pytest.param(a_complaint(contact={"nik": "9" * 16}), {}, ["contact.nik"], id="no NIK"),
        pytest.param(
            a_complaint(service="nope", occurred_on=MONDAY + timedelta(1), contact={"phone": "123-456"}),
            {"category": None},
            ["category", "service", "occurred_on", "contact.phone"],
            id="everything at once",
        ),
    ],
)
def test_each_problem_is_named_by_its_field(
    submission: ComplaintSubmitted, seen: dict[str, Any], refused: list[str]
) -> None:
    assert fields(submission, **seen) == refused


def test_a_text_longer_than_the_policy_allows_is_refused() -> None:
    short = POLICY.model_copy(update={"text_length": POLICY.text_length.model_copy(update={"value": 3})})
    assert fields(a_complaint(text="four"), policy=short) == ["text"]


def test_a_service_finished_too_long_ago_is_refused_by_its_request_number() -> None:
    finished = a_record(a_completion())
    assert fields(a_complaint(request_number="REQ-1"), record=finished, filed_on=MONDAY + timedelta(30)) == []
    refused = fields(a_complaint(request_number="REQ-1"), record=finished, filed_on=MONDAY + timedelta(31))
    assert refused == ["request_number"]


def test_a_request_that_is_still_running_is_never_too_old() -> None:
    assert fields(a_complaint(request_number="REQ-1"), record=OPEN_RECORD, filed_on=MONDAY + timedelta(300)) == []


@pytest.mark.parametrize(
    ("told_at", "filed_at"),
    [
        pytest.param(NOW - timedelta(hours=5), NOW - timedelta(hours=5), id="believed"),
        pytest.param(NOW + timedelta(seconds=1), NOW, id="ahead of us"),
        pytest.param(NOW - timedelta(days=8), NOW, id="too far back"),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), NOW, id="no time at all"),
    ],
)
def test_an_offices_clock_is_believed_within_reason(told_at: datetime, filed_at: datetime) -> None:
    assert filing.filing_moment(told_at, NOW, POLICY) == filed_at


@pytest.mark.parametrize(
    ("flags", "visibility"),
    [
        ({}, Visibility.OPEN),
        ({"anonymous": True}, Visibility.ANONYMOUS),
        ({"confidential": True}, Visibility.CONFIDENTIAL),
        ({"names_person": True}, Visibility.CONFIDENTIAL),
        ({"anonymous": True, "names_person": True}, Visibility.CONFIDENTIAL),
        ({"anonymous": True, "confidential": True}, Visibility.CONFIDENTIAL),
    ],
)
def test_who_may_learn_of_a_report(flags: dict[str, bool], visibility: Visibility) -> None:
    assert filing.visibility(a_complaint(**flags)) is visibility


@pytest.mark.parametrize(
    ("record", "occurred_on", "day"),
    [
        pytest.param(a_record(a_completion()), MONDAY - timedelta(3), MONDAY, id="finished in time: that day"),
        pytest.param(LATE_FINISH, None, MONDAY, id="finished late: the deadline's day"),
        pytest.param(OPEN_RECORD, MONDAY + timedelta(4), MONDAY, id="running: the day of receipt"),
        pytest.param(None, MONDAY - timedelta(3), MONDAY - timedelta(3), id="no record: the stated day"),
        pytest.param(None, None, MONDAY + timedelta(9), id="neither: the day of filing"),
    ],
)
def test_the_day_of_an_incident(record: Any, occurred_on: Any, day: Any) -> None:
    assert filing.incident_day(record, occurred_on, MONDAY + timedelta(9)) == day


def test_the_record_names_the_officer_before_the_office_does() -> None:
    submission = a_complaint(request_number="REQ-1", employee_id=COLLEAGUE)
    assert made(submission, circumstances(record=OPEN_RECORD)).employee_id == OFFICER
    assert made(submission, circumstances()).employee_id == COLLEAGUE
    assert made(submission, circumstances(record=OPEN_RECORD)).state is State.ASSIGNED


def test_without_a_record_or_a_name_nobody_is_concerned_yet() -> None:
    complaint = made(a_complaint(request_number="REQ-1"), circumstances())
    assert (complaint.employee_id, complaint.state) == (None, State.RECEIVED)


def test_a_complaint_with_only_a_service_belongs_to_the_unit_that_gives_it() -> None:
    complaint = made(a_complaint(service="skck"), circumstances(standard=SKCK))
    assert (complaint.service, complaint.unit) == ("skck", "pelayanan")


def test_bribery_never_triggers() -> None:
    complaint = made(
        a_complaint(category="reward_demanded"), circumstances(category=TAXONOMY.category("reward_demanded"))
    )
    assert (filing.told_filed(complaint, None).trigger, complaint.part) == (Trigger.NEVER, None)


def test_of_several_records_with_one_number_the_service_decides_and_else_a_person() -> None:
    skck, ktp = OPEN_RECORD, replace(OPEN_RECORD, record_id=UUID(int=9), service="ktp")
    assert filing.concerned([], None) is None
    assert filing.concerned([skck], "ktp") is skck
    assert filing.concerned([skck, ktp], "ktp") is ktp
    assert filing.concerned([skck, ktp], None) is None
    assert filing.concerned([skck, replace(ktp, service="skck")], "skck") is None


@given(
    st.sampled_from([None, *range(-20, 1)]),
    st.sampled_from([None, "skck", "ktp"]),
    st.sampled_from([a_request(), a_completion(), a_completion(minutes=3 * 24 * 60)]),
)
def test_a_record_that_comes_later_makes_the_same_complaint(shift: int | None, service: str | None, told: Any) -> None:
    occurred_on = None if shift is None else MONDAY + timedelta(shift)
    submission = a_complaint(request_number="REQ-1", occurred_on=occurred_on, service=service)
    record = a_record(told)
    seen = circumstances(filed_on=MONDAY + timedelta(4), standard=SKCK)
    before = made(submission, replace(seen, record=record))
    assert filing.assigned(made(submission, seen), record) == before


def test_what_is_told_of_a_complaint_holds_no_text_and_no_request_number() -> None:
    submission = a_complaint(text="secret words", request_number="REQ-1", contact={"name": "Siti", "email": "s@x.id"})
    told = filing.told_filed(made(submission, circumstances()), None).model_dump_json()
    assert not any(word in told for word in ("secret words", "REQ-1", "Siti", "s@x.id"))
