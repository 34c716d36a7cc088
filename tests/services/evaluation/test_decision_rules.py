"""Who decides, and until when: pure tables."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.model.decisions import Case, DecisionPolicy, Level
from services.evaluation.model.result import PartResult, Result, Test
from services.evaluation.rules.deciding import settle
from services.evaluation.rules.superiors import above, line
from services.evaluation.rules.terms import objection_until, terms
from shared.errors import Problem
from shared.events.complaints import Visibility
from shared.events.evaluation import Need, Outcome, Status
from tests.services.evaluation.deciding import CALENDAR, OFFICER
from tests.services.evaluation.policies import DECISIONS, SCORING


def test_article_59_gives_fourteen_days_after_the_day_of_receipt() -> None:
    assert objection_until(date(2026, 3, 13), DECISIONS) == date(2026, 3, 27)


def test_terms_are_working_days_from_the_day_a_result_shows() -> None:
    found = terms(date(2026, 3, 13), "undue_delay", DECISIONS, CALENDAR)
    assert found.reply_until == date(2026, 3, 27), "the fixture of the calendar: Nyepi, Idul Fitri, cuti bersama"
    assert found.decide_until == CALENDAR.plus(date(2026, 3, 27), 5)
    assert found.silent_until == CALENDAR.plus(date(2026, 3, 13), 15)
    assert terms(date(2026, 3, 13), "procedure", DECISIONS, CALENDAR).silent_until is None


def test_silence_never_ends_before_the_reply_window() -> None:
    silence = {"working_days": 3, "categories": ["undue_delay"]}
    with pytest.raises(ValueError, match="nobody could reply"):
        DecisionPolicy.model_validate({**DECISIONS.model_dump(), "silence": silence})


people = st.sampled_from([UUID(int=n) for n in range(6)])
levels = st.lists(st.builds(Level, holder_id=people, away=st.booleans(), acting_id=st.none() | people), max_size=5)


@given(levels, st.sets(people))
def test_nobody_who_is_barred_or_away_decides_and_nobody_twice(levels: list[Level], barred: set[UUID]) -> None:
    found = line(levels, barred)
    assert len(set(found)) == len(found)
    assert not set(found) & barred
    assert all(one in {level.acting_id if level.away else level.holder_id for level in levels} for one in found)
    present = [level for level in levels if level.person_id is not None and level.person_id not in barred]
    assert found[:1] == tuple(level.person_id for level in present[:1]), "the nearest decides"


@given(levels, people)
def test_an_objection_is_never_decided_by_its_assessor(levels: list[Level], assessor: UUID) -> None:
    found = line(levels, set())
    decides = above(found, assessor)
    assert decides is None or decides != assessor
    assert decides is None or decides in found


NOW = datetime(2026, 7, 15, 3, tzinfo=UTC)
TESTS = ("all", "ktp", "skck")


def need(test: str) -> Need:
    return Need(need_id=uuid5(OFFICER, test), test=test, part="timeliness", dimension="discipline")


def case(resting: set[str]) -> Case:
    """A provisional result with a balance test of each name, on which some needs rest."""
    tests = tuple(Test(name=t, observed="0", expected="0", items=10, balance="0.00", enough=True) for t in TESTS)
    part = PartResult(part="timeliness", score="85.00", items=10, tests=tests, lines=())
    return Case(
        evaluation_id=uuid5(OFFICER, "evaluation"),
        employee_id=OFFICER,
        visibility=Visibility.OPEN,
        status=Status.PROVISIONAL,
        revision=1,
        as_of=NOW,
        visible_from=NOW,
        complaint_id=uuid5(OFFICER, "complaint"),
        category="undue_delay",
        result=Result(policy_version="2026.1", outcome=Outcome.NEED, parts=(part,), dimensions=(), needs=()),
        needs=[need(test) for test in sorted(resting)],
        replied=True,
        decision=None,
        objection=None,
    )


names = st.sets(st.sampled_from(TESTS))


@given(names, st.sampled_from(Outcome), st.none() | st.sampled_from(Outcome), st.none() | names, names)
def test_what_counts_accounts_for_every_need(
    resting: set[str], standing: Outcome, outcome: Outcome | None, wanted: set[str] | None, elsewhere: set[str]
) -> None:
    elsewhere -= resting
    asked = sorted(wanted) if wanted is not None else None
    try:
        found = settle(case(resting), standing, outcome, asked, elsewhere=elsewhere, policy=SCORING, day=NOW.date())
    except Problem:
        return
    kept, opened = {one.test for one in found.kept}, {one.test for one in found.opened}
    withdrawn = {one.test for one in map(need, resting) if one.need_id in found.withdrawn}
    assert kept | withdrawn == resting, "each need that rested stays or is taken back"
    assert not kept & withdrawn
    assert not opened & (resting | elsewhere), "an open need is never told twice"
    assert found.outcome is (outcome or standing)
    assert found.outcome is Outcome.NEED or not found.needs, "no other outcome has needs"
    assert found.adjusted == (found.outcome is not standing or bool(opened or withdrawn))
    if wanted is not None:
        assert wanted == kept | opened | (wanted & elsewhere)
