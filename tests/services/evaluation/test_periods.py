"""Periods open and close by themselves, once; at the close every officer is assessed by what was counted until then."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.rules.periods import as_of, periods_of
from services.evaluation.rules.window import quarter_of
from shared.events.complaints import Visibility
from shared.events.evaluation import PeriodAssessed, PeriodClosed, PeriodOpened
from tests.services.evaluation.deciding import CALENDAR, CAMAT, OFFICER, SUPERIOR, recorded
from tests.services.evaluation.facts import complaint, delivered, tell
from tests.support import Bench

START = "INSERT INTO timer (name, subject, due) VALUES ('open periods', '', now()) ON CONFLICT DO NOTHING"


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_every_day_lies_in_one_quarter_and_one_year(day: date) -> None:
    quarter, year = periods_of(day)
    assert quarter.since <= day <= quarter.until
    assert year.since <= day <= year.until
    assert (quarter.name, year.name) == (quarter_of(day), str(day.year))
    assert periods_of(quarter.until + timedelta(days=1))[0].since == quarter.until + timedelta(days=1)


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_a_period_counts_until_the_last_moment_of_its_last_day(day: date) -> None:
    assert CALENDAR.local_day(as_of(day, CALENDAR)) == day
    assert CALENDAR.local_day(as_of(day, CALENDAR) + timedelta(microseconds=1)) == day + timedelta(days=1)


async def told(bench: Bench, kind: type[Any]) -> list[Any]:
    return list(await bench.told(kind))


async def opened(bench: Bench) -> PeriodOpened:
    """The quarter of today, opened; its year beside it."""
    await bench.pool.execute(START)
    await bench.timers()
    quarter, _ = await told(bench, PeriodOpened)
    assert isinstance(quarter, PeriodOpened)
    return quarter


async def test_a_period_is_opened_once(evaluation: Bench) -> None:
    quarter = await opened(evaluation)
    await evaluation.pool.execute(START)
    await evaluation.timers(datetime.now(UTC) + timedelta(days=1, hours=1))

    today = CALENDAR.local_day(datetime.now(UTC))
    assert quarter.since <= today <= quarter.until
    assert len({event.period for event in await told(evaluation, PeriodOpened)}) == len(
        await told(evaluation, PeriodOpened)
    )


async def test_at_the_close_every_officer_is_assessed_once_by_what_was_counted_until_then(evaluation: Bench) -> None:
    await tell(evaluation, recorded(OFFICER, SUPERIOR), recorded(SUPERIOR, CAMAT))
    quarter = await opened(evaluation)
    inside, after = quarter.since + timedelta(days=1), quarter.until + timedelta(days=2)
    await tell(evaluation, *(delivered(OFFICER, day=inside) for _ in range(20)))
    await tell(evaluation, *(delivered(OFFICER, day=after, used=60) for _ in range(20)))
    behaviour = {"part": "behaviour", "category": "improper_conduct", "day": inside}
    await tell(evaluation, complaint(OFFICER, **behaviour), at=CALENDAR.end_of(inside))
    closes = CALENDAR.end_of(CALENDAR.plus(quarter.until, 5))
    await evaluation.timers(closes - timedelta(seconds=1))
    assert await told(evaluation, PeriodAssessed) == []

    await evaluation.timers(closes)
    mine = [event for event in await told(evaluation, PeriodAssessed) if event.period == quarter.period]
    closed = [event for event in await told(evaluation, PeriodClosed) if event.period == quarter.period]
    assert sorted(event.employee_id for event in mine) == [OFFICER, SUPERIOR]
    assert [event.employees for event in closed] == [2]
    row = await evaluation.pool.fetchrow(
        "SELECT evidence->>'late' AS late, proposal->>'proposed' AS proposed FROM assessment"
        " WHERE employee_id = $1 AND period = $2",
        OFFICER,
        quarter.period,
    )
    assert row is not None
    assert row["late"] == "[]", "what was late after its end goes to the next period"
    assert row["proposed"] is not None
    nobody = "SELECT proposal->>'proposed' FROM assessment WHERE employee_id = $1"
    assert await evaluation.pool.fetchval(nobody, SUPERIOR) is None, "without evidence there is no predicate"


async def test_an_assessment_counts_of_hidden_complaints_only_what_was_collected(evaluation: Bench) -> None:
    """It shows at the close of a day: what was filed in the evening waits for the morning."""
    await tell(evaluation, recorded(OFFICER, SUPERIOR))
    quarter = await opened(evaluation)
    closes = CALENDAR.end_of(CALENDAR.plus(quarter.until, 5))
    for n, filed_at in enumerate((closes - timedelta(hours=1), CALENDAR.end_of(quarter.until))):
        given = {"day": quarter.since + timedelta(days=n), "visibility": Visibility.CONFIDENTIAL}
        await tell(evaluation, complaint(OFFICER, filed_at=filed_at, **given), at=filed_at)
    await evaluation.timers(closes)

    days = "SELECT jsonb_path_query_array(evidence, '$.incidents[*].day')::text FROM assessment WHERE period = $1"
    assert await evaluation.pool.fetchval(days, quarter.period) == f'["{quarter.since + timedelta(days=1)}"]'
