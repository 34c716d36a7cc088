"""The planned year comes out as planned, whatever today is: equal quarters, working days, no more a day than counts."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.local import district, records
from deploy.local.records.calendar import window
from deploy.local.records.generate import CAP, Made
from deploy.local.trouble import Trouble
from shared.clock import WorkingDays
from shared.events.complaints import StandardUnit
from shared.events.directory import ServiceRecorded

CALENDAR = WorkingDays(ZoneInfo("Asia/Jakarta"))
SERVICES = {record.service: record for record in district.read() if isinstance(record, ServiceRecorded)}
OFFICERS = district.employees()
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def made(today: date) -> list[Made]:
    return records.sample(records.read(), today, CALENDAR)


def quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


@settings(max_examples=15, deadline=None)
@given(days)
def test_every_planned_record_is_made_once_and_lies_in_the_past(today: date) -> None:
    year = made(today)
    midnight = datetime.combine(today, time(), CALENDAR.zone)
    assert len(year) == sum(work.total for work in records.read().work)
    assert len({record.event.record_id for record in year}) == len(year)
    assert len({record.event.request_number for record in year}) == len(year)
    assert all(record.event.received_at < record.event.completed_at < midnight for record in year)


@settings(max_examples=15, deadline=None)
@given(days)
def test_each_officer_has_what_was_planned_and_never_more_late_a_day_than_counts(today: date) -> None:
    year = made(today)
    per_day = Counter((record.event.employee_id, record.day) for record in year if record.late)
    assert max(per_day.values()) <= CAP
    assert all(CALENDAR.is_working(record.day) for record in year)
    for work in records.read().work:
        own = [record for record in year if record.event.employee_id == OFFICERS[work.officer].employee_id]
        assert (len(own), sum(record.late for record in own)) == (work.total, work.late)


def test_the_middle_of_a_quarter_has_as_much_as_each_of_the_three_before() -> None:
    year = made(date(2026, 11, 24))
    for work in records.read().work:
        if not work.new:
            own = [record for record in year if record.event.employee_id == OFFICERS[work.officer].employee_id]
            for late in (True, False):
                counts = Counter(quarter(record.day) for record in own if record.late is late)
                assert len(counts) == 4
                assert len(set(counts.values())) == 1


def test_what_the_first_days_of_a_year_can_not_hold_lies_in_the_quarter_before() -> None:
    counts = Counter(quarter(record.day) for record in made(date(2026, 1, 3)))
    assert counts[2025, 3] + counts[2026, 0] == 2523
    assert counts[2026, 0] > 0
    assert window(date(2026, 1, 1), CALENDAR)[0].days == ()


@settings(max_examples=10, deadline=None)
@given(days)
def test_late_means_past_grace_and_counts_on_the_planned_day(today: date) -> None:
    for record in made(today):
        event, standard = record.event, SERVICES[record.event.service]
        received, finished = CALENDAR.local_day(event.received_at), CALENDAR.local_day(event.completed_at)
        if standard.standard_unit is StandardUnit.WORKING_DAYS:
            used, grace = CALENDAR.between(received, finished), 1
            counted = CALENDAR.plus(received, standard.standard) if record.late else finished
        else:
            used = int((event.completed_at - event.received_at) / timedelta(minutes=1)) - event.paused_minutes
            grace, counted = standard.standard // 4, finished
        assert (used > standard.standard + grace) if record.late else (used <= standard.standard)
        assert counted == record.day


def test_the_same_day_gives_the_same_records_and_a_changed_line_moves_no_other_officer() -> None:
    today, plan = date(2026, 11, 24), records.read()
    assert made(today) == made(today)
    changed = plan.model_copy(
        update={"work": tuple(w.model_copy(update={"late": 47}) if w.late == 48 else w for w in plan.work)}
    )
    before, after = (
        {(record.event.record_id, record.day, record.late, record.event.employee_id) for record in year}
        for year in (made(today), records.sample(changed, today, CALENDAR))
    )
    assert {employee for *_, employee in before ^ after} == {OFFICERS["bagus@salor.example"].employee_id}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{officer: a@b.example, service: ktp, total: 1, late: 2}", "2 late of 1"),
        ("{officer: a@b.example, service: ktp, total: 4, late: 0, lates: 3}", "lates"),
    ],
)
def test_a_wrong_plan_is_refused_in_one_line(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(f"source: urn:x\nseed: 1\nwork:\n  - {line}\n")
    with pytest.raises(Trouble, match=problem) as refusal:
        records.read(file)
    assert "\n" not in str(refusal.value)
