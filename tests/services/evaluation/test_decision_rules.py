"""Who decides, and until when: pure tables."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.model.decisions import DecisionPolicy, Level
from services.evaluation.rules.superiors import above, line
from services.evaluation.rules.terms import objection_until, terms
from tests.services.evaluation.deciding import CALENDAR
from tests.services.evaluation.policies import DECISIONS


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
