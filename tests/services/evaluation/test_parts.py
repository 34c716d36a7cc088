"""Praise, ratings and direct parts: what of them counts, and from when on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import LearningNumbers, ScoringPolicy
from services.evaluation.model.result import PartResult
from services.evaluation.model.words import (
    COACH,
    Attended,
    Claim,
    Counted,
    Finding,
    Found,
    Learned,
    Praised,
    Proposed,
    Rating,
)
from services.evaluation.rules.evaluate import evaluate
from services.evaluation.rules.gather import gather
from services.evaluation.rules.outcome import needs, outcome
from services.evaluation.rules.praise import praise
from services.evaluation.rules.raising import raises
from services.evaluation.rules.records import absent_days, best, learning
from services.evaluation.rules.window import year_before
from tests.services.evaluation import worlds
from tests.services.evaluation.policies import POLICIES, SCORING
from tests.services.evaluation.worlds import AS_OF, CALENDAR, TODAY, founds, gathered


def known(**given: Any) -> Found:
    return replace(Found(AS_OF, (), (), {}), **given)


def part_of(evidence: Evidence, name: str) -> PartResult:
    return next(part for part in evaluate(evidence, SCORING).parts if part.part == name)


def praised(*voices: str, part: str = "behaviour", day: date = TODAY) -> tuple[Praised, ...]:
    return tuple(Praised(uuid4(), part, day, voice) for voice in voices)


def test_a_citizens_praise_counts_once_a_quarter() -> None:
    assert gathered(known(praised=praised("A", "A", "B"))).praise == {"behaviour": 2}


def test_one_voice_for_two_parts_is_one_word_of_praise_for_the_first() -> None:
    early = Praised(UUID(int=9), "delay", TODAY - timedelta(days=1), "A")

    assert praise([*praised("A"), early]) == {"delay": 1}


def test_praise_outside_the_window_is_left_out() -> None:
    assert gathered(
        known(praised=praised("A", day=date(2025, 9, 30)) + praised("B", day=date(2025, 10, 1)))
    ).praise == {"behaviour": 1}


def test_praise_raises_the_score_and_moves_no_balance() -> None:
    services = (Counted(TODAY, "ktp", 400, 0, 0),)
    claims = (Claim("i", "behaviour", TODAY, "X", Finding.UPHELD),)
    without = part_of(gathered(known(services=services, claims=claims)), "behaviour")
    with_it = part_of(gathered(known(services=services, claims=claims, praised=praised("A", "B", "C"))), "behaviour")

    assert (without.score, with_it.score) == ("80.88", "84.56")
    assert without.tests == with_it.tests


def ratings(*answers: int, part: str = COACH, day: date = TODAY, voice: str = "") -> tuple[Rating, ...]:
    return tuple(Rating(part, day, voice or f"v{n}", answer) for n, answer in enumerate(answers))


def test_a_voice_is_the_mean_of_a_persons_answers_in_a_quarter() -> None:
    found = known(ratings=ratings(1, 4, 4, voice="A") + ratings(3, voice="B"))

    assert [(one.shortfall, one.count) for one in gathered(found).rated] == [("1/2", 2)]


def test_the_same_person_in_two_quarters_is_two_voices() -> None:
    found = known(ratings=ratings(5, voice="A") + ratings(1, voice="A", day=date(2026, 6, 30)))

    assert sorted(one.shortfall for one in gathered(found).rated) == ["0", "1"]


def test_one_coach_is_enough_and_four_citizens_are_not() -> None:
    found = known(ratings=ratings(4) + ratings(2, 2, 2, 2, part="survey_behaviour"))

    assert part_of(gathered(found), COACH).score == "85.30"
    assert part_of(gathered(found), "survey_behaviour").score is None


def test_bad_ratings_by_many_are_a_need_named_by_the_part() -> None:
    parts = evaluate(gathered(known(ratings=ratings(*[1] * 20, part="survey_competence"))), SCORING).parts

    assert outcome(parts, SCORING) == "need"
    assert [(need.test, need.dimension) for need in needs(parts, SCORING)] == [("survey_competence", "competence")]


def test_pp_94_2021_only_unexcused_days_of_twelve_months_count() -> None:
    days = (date(2025, 7, 15), date(2025, 7, 16), date(2026, 7, 15), date(2026, 7, 16))
    months = [Attended(day.replace(day=1), (day,)) for day in days]

    assert absent_days(months, TODAY) == 2


@pytest.mark.parametrize("month", [None, date(2025, 6, 1), date(2026, 8, 1)])
def test_attendance_of_which_nothing_is_known_is_absent(month: date | None) -> None:
    assert absent_days([Attended(month, ())] if month else [], TODAY) is None
    assert absent_days([Attended(date(2025, 7, 1), ())], TODAY) == 0


def kept_since(day: date) -> Any:
    assert SCORING.direct is not None
    owed: LearningNumbers = SCORING.direct.learning
    return SCORING.direct.model_copy(update={"learning": owed.model_copy(update={"kept_since": day})})


def test_learning_hours_are_judged_once_the_book_covers_twelve_months() -> None:
    learned = (Learned(TODAY, 8), Learned(date(2025, 7, 16), 4), Learned(date(2025, 7, 15), 99))

    assert learning(learned, kept_since(date(2025, 7, 16)), TODAY) == 12
    assert learning((), kept_since(date(2025, 7, 16)), TODAY) == 0
    assert learning(learned, kept_since(date(2025, 7, 17)), TODAY) is None


def test_who_owes_no_learning_hours_is_not_judged_by_them() -> None:
    assert learning(None, kept_since(date(2020, 1, 1)), TODAY) is None


def test_the_best_proposal_counts() -> None:
    proposed = [
        Proposed(TODAY, (3, 3, 3, 3, 3)),
        Proposed(TODAY, (5, 1, 5, 1, 5)),
        Proposed(date(2025, 7, 15), (5,) * 5),
    ]

    assert best(proposed, TODAY) == (5, 1, 5, 1, 5)


def test_a_leap_days_year_begins_after_the_28th() -> None:
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_after_a_need_is_met_its_balance_counts_later_evidence_and_the_score_all() -> None:
    found = worlds.ktp(152, 48)
    met = replace(found, restarts={"ktp": TODAY - timedelta(days=1)})
    before, after = evaluate(gathered(found), SCORING), evaluate(gathered(met), SCORING)

    assert [need.test for need in before.needs] == ["ktp"]
    assert after.needs == ()
    assert after.outcome == "isolated"
    assert part_of(gathered(met), "timeliness").score == part_of(gathered(found), "timeliness").score
    assert {test.name: test.items for test in part_of(gathered(met), "timeliness").tests} == {"ktp": 152, "all": 152}


def test_lateness_in_general_once_met_restarts_every_service_and_no_complaint_part() -> None:
    found = replace(
        worlds.ktp(0, 40),
        claims=(Claim("i", "delay", TODAY - timedelta(days=30), "A", Finding.UPHELD),),
        restarts={"all": TODAY},
    )
    tests = {test.name: test.observed for part in evaluate(gathered(found), SCORING).parts for test in part.tests}

    assert tests == {"ktp": "0", "all": "0", "delay": "1"}


def test_complaints_after_a_met_need_count_anew() -> None:
    days = [TODAY - timedelta(days=n) for n in (1, 5, 9)]
    claims = tuple(Claim(f"i{day}", "procedure", day, f"{day}", Finding.UPHELD) for day in days)
    found = known(
        services=(Counted(days[2], "ktp", 30, 0, 0), Counted(TODAY, "ktp", 20, 0, 0)),
        claims=claims,
        restarts={"procedure": days[1]},
    )
    (test,) = part_of(gathered(found), "procedure").tests

    assert (test.observed, test.items) == ("1", 20)
    assert part_of(gathered(found), "procedure").items == 50


@given(founds, st.sampled_from(["all", COACH, *worlds.SERVICES, *worlds.PARTS]))
def test_a_met_need_moves_no_score_and_adds_no_observation(found: Found, test: str) -> None:
    met = replace(found, restarts={**found.restarts, test: TODAY})
    before, after = evaluate(gathered(found), SCORING), evaluate(gathered(met), SCORING)

    assert [(part.part, part.score, part.lines) for part in after.parts] == [
        (part.part, part.score, part.lines) for part in before.parts
    ]
    for old, new in zip(_tests(before.parts), _tests(after.parts), strict=True):
        assert Fraction(new) <= Fraction(old)


def _tests(parts: Sequence[PartResult]) -> list[str]:
    return [test.observed for part in parts for test in part.tests]


@given(founds)
def test_what_would_raise_it_does(found: Found) -> None:
    evidence = gathered(found)
    result = evaluate(evidence, SCORING)
    scores = {part.part: part.score for part in result.parts}

    for change in raises(evidence, result, SCORING):
        before = scores[change.part]
        assert before is not None
        assert Fraction(change.score) > Fraction(before)


def test_the_next_ten_on_time_are_computed_again() -> None:
    evidence = gathered(worlds.ktp(152, 48))
    (change,) = [one for one in raises(evidence, evaluate(evidence, SCORING), SCORING) if one.kind == "on_time"]

    assert (change.subject, change.count) == ("ktp", 10)
    assert change.score == part_of(worlds.more_on_time(evidence, "ktp", 10), "timeliness").score == "57.53"


def test_pending_complaints_that_fall_away_and_praise_would_raise() -> None:
    found = known(
        services=(Counted(TODAY, "ktp", 400, 0, 0),),
        claims=(
            Claim("i", "delay", TODAY, "A", Finding.PENDING),
            Claim("j", "procedure", TODAY, "B", Finding.UPHELD),
        ),
    )
    evidence = gathered(found)
    kinds = {(one.kind, one.part) for one in raises(evidence, evaluate(evidence, SCORING), SCORING)}

    assert kinds == {("dismissed", "delay"), ("praise", "delay"), ("praise", "procedure")}, "timeliness is 100"


def test_what_was_rated_before_a_policy_knew_how_is_left_out() -> None:
    old = POLICIES.version(ScoringPolicy, "scoring", "2026.1")
    evidence = gather(known(ratings=ratings(1)), lambda _: old, CALENDAR)

    assert evidence.rated == ()
