"""`make fairness`, tiny: it prints its tables, and a broken bound is named and ends it with 1."""

import re
import shutil
from fractions import Fraction
from functools import partial
from math import sqrt
from pathlib import Path
from random import Random
from statistics import mean, pvariance

import pytest

from fairness.__main__ import main
from fairness.bounds import lower
from fairness.cells import VOLUMES, Cell, Tried, plain, try_cell
from fairness.judging import LinesDiffer, check_sums, judge
from fairness.looking import Sieve, looks
from fairness.officers import Work, draw, hits
from fairness.pages import PAGES, examples
from fairness.places import filled
from fairness.plot import AVERAGE, LINES, svg
from fairness.policy import FOLDER, shipped
from fairness.working import workers
from tests.house.services import ROOT

POLICY = shipped()
TINY = ("--officers", "1", "--seeds", "1", "--workers", "1")


def test_the_shipped_policy_holds_its_bounds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in PAGES.values():
        shutil.copy(ROOT / "docs" / name, tmp_path / name)

    assert main([*TINY, "--pages", str(tmp_path)]) == 0

    printed = capsys.readouterr().out
    assert "invented" in printed
    assert "BROKEN" not in printed
    assert re.search(r"^ok +lines that don't sum to their score +at most 0 results: 0 of [1-9]", printed, re.MULTILINE)
    for name in PAGES.values():
        ours, written = (ROOT / "docs" / name).read_text(), (tmp_path / name).read_text()
        assert shape(written) == shape(ours), "make fairness writes it: run it and commit the pages and plots"
        assert (tmp_path / name).with_suffix(".svg").read_text().startswith("<svg ")
        assert f"]({Path(name).with_suffix('.svg')})" in written


def shape(page: str) -> str:
    """A page but for the seeds and shares of invented officers, of which a tiny run has few."""
    return re.sub(r"[\d.]+ %|[\d,.]+ (officers|pegawai)|(seeds|benih acak) [\d, ]+", "", page)


@pytest.mark.parametrize("language", PAGES)
def test_the_examples_of_the_page_are_what_the_rules_say(language: str) -> None:
    page = (ROOT / "docs" / PAGES[language]).read_text()

    assert filled(page, examples(POLICY, language)) == page, "make fairness writes it: run it and commit the page"


def test_a_table_without_a_place_in_the_page_is_refused() -> None:
    with pytest.raises(LookupError, match="made: cases"):
        filled("a page that lost its place", {"cases": "| a table |"})


def test_the_plot_has_always_the_same_bytes() -> None:
    found = {
        (row, n): Tried(4, k, {AVERAGE.name: [0.0, 99.0]}) for k, row in enumerate(("1.00", *LINES)) for n in VOLUMES
    }
    first, again = svg(found, "en"), svg(dict(reversed(found.items())), "en")

    assert first == again
    assert first != svg(found, "id")


def test_a_broken_bound_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A policy that finds a need in any bad luck, and gives a claim more weight than the instrument may."""
    careless = (FOLDER / f"scoring-{POLICY.version}.yaml").read_text()
    for was, given in (
        ("need: 6", "need: 1"),
        ("watch: 3", "watch: 1"),
        ("pending: 2/5", "pending: 3"),
        ("pending_together: 1", "pending_together: 9"),
    ):
        assert was in careless
        careless = careless.replace(was, given)
    (tmp_path / "scoring-x.yaml").write_text(careless)

    assert main([*TINY, "--policy", str(tmp_path / "scoring-x.yaml")]) == 1

    broken = re.findall(r"^BROKEN +(.*?)  ", capsys.readouterr().out, re.MULTILINE)
    assert any(name.startswith("needs, 1.00, ") for name in broken)
    assert "twenty pending complaints of one citizen" in broken


def test_lines_that_do_not_sum_to_their_score_are_seen() -> None:
    year = draw(Work(60), POLICY, Random("1"))
    result = judge(year, year.looks()[-1], POLICY)
    first = result.parts[0].model_copy(update={"score": "0.07"})

    with pytest.raises(LinesDiffer, match=r"its score is 0\.07"):
        check_sums(result.model_copy(update={"parts": (first, *result.parts[1:])}))


@pytest.mark.parametrize("work", [Work(60), Work(200, 2.0), Work(600, 1.5, bad_days=0.05, bad_ratio=8.0)])
def test_no_look_that_is_passed_over_could_have_found_a_need(work: Work) -> None:
    for seed in range(3):
        year = draw(work, POLICY, Random(f"{seed}"))
        sieve, judged = Sieve(POLICY), 0
        for day, tallies in looks(year, POLICY):
            result = judge(year, day, POLICY)
            for part in result.parts:
                for test in part.tests:
                    assert Fraction(test.balance) <= sieve.highest(test.name, tallies[test.name])
            if sieve.passes(tallies):
                judged += 1
                sieve.note(result, tallies)
            else:
                assert not result.needs
        assert judged < len(year.looks()) or work.ratio > 1


def test_a_seed_gives_the_same_officers() -> None:
    cell = Cell("1.00", plain(60, 2.0), compared=True)
    one, other = (try_cell((cell, 1), POLICY, 3) for _ in range(2))

    assert one == other
    assert one.officers == 3
    assert one != try_cell((cell, 2), POLICY, 3)


def test_processes_side_by_side_find_the_same() -> None:
    jobs = [(Cell(f"{ratio}", plain(60, ratio), compared=True), seed) for ratio in (1.0, 3.0) for seed in (1, 2)]
    tried = partial(try_cell, policy=POLICY, officers=2)
    with workers(1) as one, workers(2) as two:
        assert list(one.each(tried, jobs)) == list(two.each(tried, jobs))


@pytest.mark.parametrize(("count", "chance"), [(1, 0.12), (10, 0.3), (40, 0.004), (7, 0.0), (7, 1.2)])
def test_many_tosses_at_once_hit_as_often_as_each_alone(count: int, chance: float) -> None:
    random, likely = Random("tosses"), min(chance, 1.0)
    drawn = [hits(count, chance, random) for _ in range(4000)]

    assert mean(drawn) == pytest.approx(count * likely, abs=4 * sqrt(count * likely * (1 - likely) / 4000))
    assert pvariance(drawn) == pytest.approx(count * likely * (1 - likely), rel=0.12)
    assert max(drawn) <= count


def test_chance_alone_breaks_no_bound() -> None:
    """3 of 100 may well be 1 % of all; 40 of 1,000 are not."""
    assert lower(3, 100) < 0.015 < 0.03 < lower(40, 1000)
