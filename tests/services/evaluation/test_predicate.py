"""The legal scale and the matrix: PP 30/2019 art. 41, PermenPANRB 6/2022."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.model.predicate import Rating
from services.evaluation.rules.predicate import LOWER, on_scale, propose, rating
from shared.events.evaluation import Predicate
from tests.services.evaluation.policies import PREDICATE

FILE = json.loads((Path(__file__).parent / "scoring-fixtures.json").read_text())
SCALE = [pytest.param(one, id=one["name"]) for one in FILE["fixtures"] if one["kind"] == "scale"]
scores = st.none() | st.integers(0, 10_000).map(lambda cents: Fraction(cents, 100))
dimensions = st.fixed_dictionaries(dict.fromkeys(("discipline", "competence", "innovation", "conduct"), scores))


@pytest.mark.parametrize("fixture", SCALE)
def test_the_scale_holds_to_the_last_digit(fixture: dict[str, Any]) -> None:
    given = {name: None if score is None else Fraction(score) for name, score in fixture["input"].items()}
    found, expected = propose(given, PREDICATE), fixture["expected"]

    assert (found.x, found.scale or "not enough evidence") == (expected["X"], expected["scale_predicate"])


@pytest.mark.parametrize(
    ("x", "innovation", "predicate"),
    [
        ("120", "60", "Sangat Baik"),
        ("115", None, "Baik"),
        ("115", "59.99", "Baik"),
        ("110", "60", "Sangat Baik"),
        ("109.99", "100", "Baik"),
        ("90", None, "Baik"),
        ("89.99", None, "Cukup"),
        ("70", None, "Cukup"),
        ("69.99", None, "Kurang"),
        ("50", None, "Kurang"),
        ("49.99", None, "Sangat Kurang"),
        ("0", None, "Sangat Kurang"),
    ],
)
def test_pp_30_2019_art_41_the_bands_of_the_scale(x: str, innovation: str | None, predicate: str) -> None:
    assert on_scale(Fraction(x), None if innovation is None else Fraction(innovation), PREDICATE) == predicate


MATRIX = {
    ("above", "below"): "Kurang",
    ("above", "as_expected"): "Baik",
    ("above", "above"): "Sangat Baik",
    ("as_expected", "below"): "Kurang",
    ("as_expected", "as_expected"): "Baik",
    ("as_expected", "above"): "Baik",
    ("below", "below"): "Sangat Kurang",
    ("below", "as_expected"): "Butuh Perbaikan",
    ("below", "above"): "Butuh Perbaikan",
}
SCORE = {Rating.ABOVE: Fraction(95), Rating.AS_EXPECTED: Fraction(80), Rating.BELOW: Fraction(60)}


@pytest.mark.parametrize(("result", "conduct"), MATRIX)
def test_permenpanrb_6_2022_the_matrix(result: str, conduct: str) -> None:
    given = {"discipline": SCORE[Rating(result)], "conduct": SCORE[Rating(conduct)], "innovation": None}
    found = propose(given, PREDICATE)

    assert (found.result_rating, found.conduct_rating, found.matrix) == (result, conduct, MATRIX[result, conduct])


@pytest.mark.parametrize(("score", "expected"), [("91.67", "above"), ("91.66", "as_expected"), ("75", "as_expected")])
def test_a_rating_is_read_off_the_scale(score: str, expected: str) -> None:
    assert rating(Fraction(score), PREDICATE) == expected
    assert rating(Fraction("74.99"), PREDICATE) == "below"


@given(dimensions, st.booleans())
def test_the_lower_predicate_is_proposed(given: dict[str, Fraction | None], peers_heard: bool) -> None:
    found = propose(given, PREDICATE, peers_heard=peers_heard)
    missing = given["conduct"] is None or (given["discipline"] is None and given["competence"] is None)

    assert (found.proposed is None) is missing
    if found.scale and found.matrix:
        assert found.proposed in (found.scale, found.matrix)
        assert LOWER.index(found.proposed) == min(LOWER.index(found.scale), LOWER.index(found.matrix))


@given(dimensions)
def test_an_innovation_never_lowers(given: dict[str, Fraction | None]) -> None:
    without = propose({**given, "innovation": None}, PREDICATE)
    with_it = propose(given, PREDICATE)

    assert (with_it.x is None) is (without.x is None)
    if with_it.x and without.x:
        assert Fraction(with_it.x) >= Fraction(without.x)
        assert with_it.proposed is not None
        assert without.proposed is not None
        assert LOWER.index(with_it.proposed) >= LOWER.index(without.proposed)


@given(dimensions)
def test_sangat_baik_needs_an_innovation(given: dict[str, Fraction | None]) -> None:
    if propose(given, PREDICATE).proposed is Predicate.SANGAT_BAIK:
        assert given["innovation"] is not None
        assert given["innovation"] >= 60


def test_where_scale_and_matrix_mean_the_same_the_matrix_has_the_word() -> None:
    found = propose({"discipline": Fraction(70), "conduct": Fraction(80)}, PREDICATE)

    assert (found.scale, found.matrix, found.proposed) == ("Cukup", "Butuh Perbaikan", "Butuh Perbaikan")


def test_conduct_weighs_more_where_peers_are_heard() -> None:
    given = {"discipline": Fraction(90), "competence": Fraction(90), "conduct": Fraction(70)}

    assert propose(given, PREDICATE).x == "100.80"
    assert propose(given, PREDICATE, peers_heard=True).x == "98.40"
