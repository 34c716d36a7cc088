"""Service records: deadlines, what was used, and what a message changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.model.rows import ServiceRecord, Standard
from services.complaints.rules import records
from services.complaints.rules.records import Taken
from shared.events.complaints import StandardUnit
from shared.events.frontoffice import ServiceCompleted, ServiceRequested
from tests.services.complaints.given import (
    COLLEAGUE,
    DAYS,
    MONDAY,
    PINDAH,
    POLICY,
    SKCK,
    a_completion,
    a_record,
    a_request,
    local,
)

FRIDAY = date(2026, 3, 13)
LATER = local(date(2027, 1, 1), 9)
EAST = timezone(timedelta(hours=14))


def take(told: Any, known: ServiceRecord | None = None, standard: Standard = SKCK, now: datetime = LATER) -> Taken:
    return records.take(told, known, [standard], DAYS, POLICY, source="urn:test", now=now)


def refused(told: Any, known: ServiceRecord | None = None, **more: Any) -> list[str]:
    return [problem.field for problem in take(told, known, **more).problems]


def test_minutes_are_those_of_the_clock() -> None:
    assert records.due(local(MONDAY, 9), SKCK, DAYS) == (local(MONDAY, 9, 10), MONDAY)


def test_working_days_end_with_the_nth_one_after_nyepi_and_lebaran() -> None:
    deadline, due_on = records.due(local(FRIDAY, 9), replace(PINDAH, standard=5), DAYS)
    assert (due_on, deadline) == (date(2026, 3, 27), local(date(2026, 3, 28), 0))


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (1, 1), (600, 10), (601, 11), (-60, 0)], ids=lambda v: str(v))
def test_minutes_used_are_rounded_up(seconds: int, minutes: int) -> None:
    end = local(MONDAY, 9) + timedelta(seconds=seconds)
    assert records.used(local(MONDAY, 9), end, StandardUnit.MINUTES, DAYS) == minutes


@pytest.mark.parametrize(
    ("finished", "used"),
    [
        pytest.param(FRIDAY, 0, id="the same day"),
        pytest.param(date(2026, 3, 14), 1, id="on Saturday: as on the working day after it"),
        pytest.param(date(2026, 3, 16), 1, id="on Monday"),
        pytest.param(date(2026, 3, 27), 5, id="after the holidays"),
        pytest.param(date(2026, 3, 28), 6, id="on the Saturday after"),
    ],
)
def test_working_days_used(finished: date, used: int) -> None:
    assert records.used(local(FRIDAY, 9), local(finished, 10), StandardUnit.WORKING_DAYS, DAYS) == used


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001 - made local below
    st.timedeltas(timedelta(0), timedelta(20)),
    st.integers(0, 12),
    st.sampled_from(StandardUnit),
)
def test_more_is_used_than_the_standard_exactly_when_the_deadline_is_missed(
    received: datetime, took: timedelta, amount: int, unit: StandardUnit
) -> None:
    received_at = received.replace(tzinfo=DAYS.zone)
    standard = replace(SKCK, standard=amount, standard_unit=unit)
    deadline, _ = records.due(received_at, standard, DAYS)
    end = received_at + took
    in_time = end <= deadline if unit is StandardUnit.MINUTES else end < deadline
    assert (records.used(received_at, end, unit, DAYS) <= amount) is in_time


def test_pauses_are_no_time_used_and_move_the_day() -> None:
    told = a_completion(minutes=24 * 60 + 5, paused_minutes=24 * 60)
    record = a_record(told)
    assert (record.used, record.counted_on) == (5, MONDAY + timedelta(1))


def test_a_late_record_counts_on_its_deadlines_day() -> None:
    record = a_record(a_completion(minutes=2 * 24 * 60))
    assert (record.used, record.counted_on) == (2880, MONDAY)
    moved = a_record(a_completion(minutes=10 * 24 * 60), PINDAH)
    assert moved.counted_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        pytest.param(a_completion(minutes=-1), ["completed_at"], id="completed before received"),
        pytest.param(a_completion(minutes=10, paused_minutes=11), ["paused_minutes"], id="paused longer than it took"),
        pytest.param(a_completion(minutes=10**6), ["completed_at"], id="completed in the future"),
        pytest.param(a_request(received_at=LATER + timedelta(minutes=6)), ["received_at"], id="received in the future"),
        pytest.param(a_request(received_at=LATER + timedelta(minutes=5)), [], id="a clock slightly ahead"),
        pytest.param(a_request(received_at=datetime.max.replace(tzinfo=UTC)), ["received_at"], id="the end of time"),
        pytest.param(a_request(received_at=datetime.min.replace(tzinfo=EAST)), ["received_at"], id="its beginning"),
        pytest.param(a_request(received_at=local(date(2024, 12, 31), 9)), ["service"], id="before the standard"),
        pytest.param(a_completion(minutes=0), [], id="at once"),
    ],
)
def test_impossible_records_are_refused_by_field(told: Any, fields: list[str]) -> None:
    assert refused(told) == fields


def test_a_service_that_is_not_in_the_catalogue_is_refused() -> None:
    taken = records.take(a_request(), None, [], DAYS, POLICY, source="urn:test", now=LATER)
    assert [problem.field for problem in taken.problems] == ["service"]


def test_the_standard_is_the_one_in_force_on_the_day_of_receipt() -> None:
    newer = replace(SKCK, version=2, standard=20, valid_from=MONDAY)
    corrected = replace(newer, version=3, standard=30)
    versions = [corrected, SKCK, newer]
    assert records.standard_on(versions, MONDAY - timedelta(1)) is SKCK
    assert records.standard_on(versions, MONDAY) is corrected
    assert records.standard_on(versions, date(2024, 1, 1)) is None


def test_both_orders_of_request_and_completion_end_in_the_same_record() -> None:
    first = take(a_completion(), take(a_request()).record).record
    second = take(a_completion()).record
    assert first == second
    assert take(a_request(), second) == Taken()


@pytest.mark.parametrize("told", [a_request(), a_completion()], ids=["requested", "completed"])
def test_the_same_message_again_changes_nothing(told: ServiceRequested | ServiceCompleted) -> None:
    assert take(told, take(told).record) == Taken()


def test_a_completion_wins_over_what_was_said_on_receipt() -> None:
    record = take(a_completion(employee_id=COLLEAGUE), take(a_request()).record).record
    assert record is not None
    assert record.employee_id == COLLEAGUE


def test_a_contradiction_is_refused_and_the_record_stands() -> None:
    assert refused(a_request(employee_id=COLLEAGUE), take(a_request()).record) == ["record_id"]
    assert refused(a_completion(minutes=6), take(a_completion()).record) == ["record_id"]


def test_finishing_never_moves_the_day_on_which_a_record_was_told_overdue() -> None:
    overdue = records.overdue(a_record(a_request()))
    assert overdue.counted_on == MONDAY
    paused = take(a_completion(minutes=3 * 24 * 60, paused_minutes=3 * 24 * 60), overdue).record
    assert paused is not None
    assert (paused.used, paused.counted_on, paused.overdue) == (0, MONDAY, True)


def test_what_is_told_of_a_record_has_no_request_number() -> None:
    record = a_record(a_completion())
    assert "REQ-1" not in records.told_delivered(record).model_dump_json()
    assert records.told_overdue(records.overdue(a_record(a_request()))).deadline == local(MONDAY, 9, 10)
