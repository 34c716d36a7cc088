"""What holds of the instrument for every officer (SCORING, properties)."""

from dataclasses import replace
from fractions import Fraction
from math import floor, log

from hypothesis import assume, given
from hypothesis import strategies as st

from services.evaluation.model.words import Claim, Counted, Finding, Found
from services.evaluation.rules import voices
from services.evaluation.rules.evaluate import evaluate, recompute
from tests.services.evaluation import worlds
from tests.services.evaluation.policies import SCORING
from tests.services.evaluation.worlds import founds, gathered, incident_lists, incidents_of

HEAVIER = {Finding.REJECTED: Finding.PENDING, Finding.PENDING: Finding.UPHELD}


def total_weight(complaints: list[tuple[int, int, Finding]]) -> Fraction:
    return sum(voices.weights(incidents_of(complaints), SCORING.complaints).values(), Fraction(0))


@given(founds, st.randoms())
def test_order_and_repeated_claims_change_nothing(found: Found, random: object) -> None:
    services, claims, praised, rated = (
        list(found.services),
        list(found.claims) * 2,
        list(found.praised) * 2,
        [*found.ratings],
    )
    for pieces in (services, claims, praised, rated):
        random.shuffle(pieces)  # type: ignore[attr-defined]
    shuffled = replace(
        found, services=tuple(services), claims=tuple(claims), praised=tuple(praised), ratings=tuple(rated)
    )

    assert gathered(shuffled).canonical() == gathered(found).canonical()


@given(founds)
def test_lines_sum_to_the_score(found: Found) -> None:
    for part in evaluate(gathered(found), SCORING).parts:
        if part.score is not None:
            assert sum(Fraction(line.points) for line in part.lines) == Fraction(part.score)


@given(founds)
def test_a_stored_result_recomputes_byte_for_byte(found: Found) -> None:
    evidence = gathered(found)

    assert recompute(evidence.canonical(), SCORING) == evaluate(evidence, SCORING).canonical()


@given(founds, st.sampled_from(worlds.SERVICES))
def test_a_service_on_time_never_lowers(found: Found, service: str) -> None:
    evidence = gathered(found)
    parts = {part.part: part for part in evaluate(evidence, SCORING).parts}
    assume("timeliness" in parts and parts["timeliness"].score is not None)

    assert worlds.score_of_evidence(worlds.more_on_time(evidence, service)) >= worlds.score_of_evidence(evidence)


@given(st.integers(10, 400), st.integers(0, 100), st.integers(0, 60))
def test_late_or_later_never_raises(on_time: int, late: int, slightly: int) -> None:
    observed, expected = late + Fraction(slightly, 2), Fraction(12, 100) * (on_time + late + slightly)
    assume(observed <= 3 * expected)
    before = worlds.score_of(worlds.ktp(on_time, late, slightly))

    assert worlds.score_of(worlds.ktp(on_time, late + 1, slightly)) <= before
    if slightly:
        assert worlds.score_of(worlds.ktp(on_time, late + 1, slightly - 1)) <= before


@given(incident_lists, st.integers(0, 11))
def test_a_heavier_finding_never_weighs_less(complaints: list[tuple[int, int, Finding]], which: int) -> None:
    day, citizen, finding = complaints[which % len(complaints)]
    assume(finding in HEAVIER)
    heavier = list(complaints)
    heavier[which % len(complaints)] = (day, citizen, HEAVIER[finding])

    assert total_weight(complaints) <= total_weight(heavier)


@given(incident_lists)
def test_a_new_complaint_adds_between_0_and_1(complaints: list[tuple[int, int, Finding]]) -> None:
    added = total_weight(complaints) - total_weight(complaints[:-1])

    assert 0 <= added <= 1


@given(st.lists(st.tuples(st.integers(0, 20), st.just(1), st.sampled_from(Finding)), max_size=20))
def test_one_citizen_weighs_at_most_1_a_quarter(angry: list[tuple[int, int, Finding]]) -> None:
    assert total_weight(angry) <= 1


@given(st.lists(st.tuples(st.just(3), st.integers(0, 40), st.sampled_from(Finding)), max_size=30), incident_lists)
def test_one_day_adds_at_most_1(
    campaign: list[tuple[int, int, Finding]], others: list[tuple[int, int, Finding]]
) -> None:
    rest = [(day + 4, citizen + 50, finding) for day, citizen, finding in others]

    assert total_weight(rest + campaign) - total_weight(rest) <= 1


@given(incident_lists)
def test_pending_complaints_weigh_at_most_1_together(complaints: list[tuple[int, int, Finding]]) -> None:
    pending = [(day, citizen, Finding.PENDING) for day, citizen, _ in complaints]

    assert total_weight(pending) <= 1


@given(incident_lists)
def test_k_citizens_count_at_most_k_incidents(complaints: list[tuple[int, int, Finding]]) -> None:
    citizens = {citizen for _, citizen, finding in complaints if finding is not Finding.REJECTED}

    assert len(voices.counting(incidents_of(complaints))) <= len(citizens)


@given(st.integers(10, 150), st.integers(0, 60), st.integers(2, 6))
def test_more_work_at_the_same_rate_moves_away_from_85_but_never_beyond_the_rate(
    on_time: int, late: int, k: int
) -> None:
    def score(times: int) -> Fraction:
        evidence = gathered(
            Found(worlds.AS_OF, (Counted(worlds.TODAY, "ktp", on_time * times, 0, late * times),), (), {})
        )
        return worlds.score_of_evidence(evidence.model_copy(update={"caps": {"2026-Q3": late * times}}))

    ratio = Fraction(late * 10_000, 1200 * (on_time + late))
    raw = min(max(SCORING.base - SCORING.slope * (ratio - 1), Fraction(0)), Fraction(100))
    near, far = score(1) - SCORING.base, score(k) - SCORING.base
    slack = Fraction(1, 100)

    assert abs(far) >= abs(near) - slack
    assert near * far >= 0
    assert abs(far) <= abs(raw - SCORING.base) + slack


@given(founds, st.integers(1, 6))
def test_a_day_counts_at_most_its_cap(found: Found, cap: int) -> None:
    evidence = gathered(found)
    capped = evidence.model_copy(update={"caps": dict.fromkeys(evidence.caps, cap)})
    late = sum(piece.slightly + piece.late for piece in evidence.late)
    days = len({piece.day for piece in evidence.late})
    lines = [line for part in evaluate(capped, SCORING).parts for line in part.lines]

    assert sum(line.count for line in lines if line.kind == "late") <= cap * days
    assert sum(line.count for line in lines if line.kind in ("late", "set_aside")) == late or not lines


def test_gains_are_the_logarithms_rounded_down() -> None:
    for numbers in (SCORING.services, SCORING.complaints):
        assert numbers.gain == Fraction(floor(1000 * log(numbers.ratio)), 1000)


def test_timeliness_in_watch_and_delay_isolated_is_watch() -> None:
    on_time = worlds.ktp(202, 48)
    result = evaluate(gathered(on_time), SCORING)

    assert {part.part for part in result.parts} == {"timeliness", "delay"}
    assert result.outcome == "watch"


def test_an_incident_without_a_voice_of_its_own_is_shown_with_nothing() -> None:
    found = [Claim(f"i{n}", "delay", worlds.TODAY, "angry", Finding.PENDING) for n in range(3)]
    part = worlds.delay(gathered(Found(worlds.AS_OF, (), tuple(found), {})).incidents)

    assert [line.points for line in part.lines if line.kind == "incident"] == ["-1.53", "0.00", "0.00"]


def test_voices_are_moved_so_that_as_many_incidents_count_as_can() -> None:
    """A's first incident could be B's: then A has a voice left for the second."""
    complaints = [(1, 1, Finding.PENDING), (1, 2, Finding.PENDING), (2, 1, Finding.PENDING)]

    assert [one.id for one in voices.counting(incidents_of(complaints))] == ["i1", "i2"]
