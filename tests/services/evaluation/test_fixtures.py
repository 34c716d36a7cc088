"""The instrument's fixtures, to the last digit."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.model.evidence import Evidence, Handled, Incident, LateDay, OnTime, Rated
from services.evaluation.model.result import Line, PartResult
from services.evaluation.model.words import Finding
from services.evaluation.rules.context import context
from services.evaluation.rules.evaluate import evaluate
from services.evaluation.rules.lateness import SHORTFALL, lateness
from services.evaluation.rules.outcome import dimension
from services.evaluation.rules.window import quarter_of
from shared.events.complaints import StandardUnit
from tests.services.evaluation.policies import SCORING

FILE = json.loads((Path(__file__).parent / "scoring-fixtures.json").read_text())
START = date(2000, 1, 1)
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


def of_kind(*kinds: str) -> Any:
    return [pytest.param(one, id=one["name"]) for one in FILE["fixtures"] if one["kind"] in kinds]


def late_days(groups: list[dict[str, Any]]) -> list[LateDay]:
    """Late items are on days of their own, unless the fixture says that they share one."""
    pieces: list[LateDay] = []
    day = START
    for group in groups:
        q = SCORING.services.late_per_10000[group["service"]]
        single = [(0, 1)] * group["late"] + [(1, 0)] * group["slightly_late"]
        shared = [(group["slightly_late"], group["late"])]
        for slightly, late in shared if group["all_late_on_one_day"] else single:
            day += timedelta(days=1)
            pieces.append(LateDay(day=day, service=group["service"], q=q, slightly=slightly, late=late))
    return pieces


def timeliness_evidence(given: dict[str, Any]) -> Evidence:
    reference = SCORING.services.late_per_10000
    late = late_days(given["groups"])
    return Evidence(
        as_of=AS_OF,
        on_time=tuple(
            OnTime(service=g["service"], q=reference[g["service"]], count=g["on_time"]) for g in given["groups"]
        ),
        late=tuple(late),
        caps={quarter_of(piece.day): given["cap"] for piece in late},
        context=given["unit_context"],
    )


def complaints_evidence(part: str, given: dict[str, Any]) -> Evidence:
    voices: dict[int, dict[str, Finding]] = {}
    order = [Finding.REJECTED, Finding.PENDING, Finding.UPHELD]
    for one in given["complaints"]:
        incident, voice = voices.setdefault(one["day"], {}), f"{one['quarter']} {one['citizen']}"
        incident[voice] = max(incident.get(voice, Finding.REJECTED), Finding(one["finding"]), key=order.index)
    q = SCORING.complaints.parts[part].incidents_per_10000
    return Evidence(
        as_of=AS_OF,
        handled=(Handled(part=part, q=q, count=given["handled"]),),
        incidents=tuple(
            Incident(id=f"d{day:05}", part=part, day=START + timedelta(days=day), voices=found)
            for day, found in voices.items()
        ),
        praise={part: given["praise_from_citizens"]},
    )


LABELS = {
    "on_time": "{0.count} {0.subject} on time",
    "late": "{0.count} {0.subject} late",
    "set_aside": "{0.count} set aside (one day)",
    "handled": "{0.count} services handled",
    "incident": "incident {0.subject}",
    "praise": "{0.count} praise",
    "voices": "{0.count} voices",
}


def shown(lines: tuple[Line, ...]) -> list[list[str]]:
    return [[LABELS.get(line.kind, line.kind).format(line), line.points] for line in lines]


def total(part: PartResult) -> Fraction:
    return sum((Fraction(line.points) for line in part.lines), Fraction(0))


@pytest.mark.parametrize("fixture", of_kind("timeliness"))
def test_services_are_scored_to_the_last_digit(fixture: dict[str, Any]) -> None:
    result, expected = evaluate(timeliness_evidence(fixture["input"]), SCORING), fixture["expected"]
    part = next(part for part in result.parts if part.part == "timeliness")
    all_services = next(test for test in part.tests if test.name == "all")

    assert part.score == expected["score"]
    assert (all_services.observed, all_services.expected) == (expected["O"], expected["E"])
    assert {test.name: test.balance for test in part.tests} == expected["B"]
    assert shown(part.lines) == expected["lines"]
    assert result.outcome == expected["outcome"]
    assert [need.test for need in result.needs] == expected["needs"]


@pytest.mark.parametrize("fixture", of_kind("delay", "procedure", "behaviour"))
def test_complaints_are_scored_to_the_last_digit(fixture: dict[str, Any]) -> None:
    result, expected = evaluate(complaints_evidence(fixture["kind"], fixture["input"]), SCORING), fixture["expected"]
    (part,) = result.parts
    (balance,) = part.tests

    assert part.score == expected["score"]
    assert (balance.observed, balance.expected) == (expected["O_upheld"], expected["E"])
    assert balance.balance == expected["B"]
    assert shown(part.lines) == expected["lines"]
    assert result.outcome == expected["outcome"]
    assert [need.test for need in result.needs] == expected["needs"]


@pytest.mark.parametrize("fixture", of_kind("timeliness", "delay", "procedure", "behaviour"))
def test_the_lines_of_a_fixture_sum_to_its_score(fixture: dict[str, Any]) -> None:
    given = fixture["input"]
    evidence = timeliness_evidence(given) if "groups" in given else complaints_evidence(fixture["kind"], given)
    for part in evaluate(evidence, SCORING).parts:
        assert part.score is None or total(part) == Fraction(part.score)


@pytest.mark.parametrize("fixture", of_kind("lateness"))
def test_a_record_is_as_late_as_its_minutes_say(fixture: dict[str, Any]) -> None:
    given = fixture["input"]
    found = lateness(given["net_minutes"], given["standard_minutes"], StandardUnit.MINUTES, SCORING.services.grace)

    assert str(SHORTFALL[found]) == fixture["expected"]["x"]


@pytest.mark.parametrize("fixture", of_kind("context"))
def test_a_unit_with_a_finding_raises_the_reference(fixture: dict[str, Any]) -> None:
    given = fixture["input"]

    assert (
        context(Fraction(given["O_colleagues"]), Fraction(given["E_colleagues"]), SCORING) == fixture["expected"]["C"]
    )


@pytest.mark.parametrize("fixture", of_kind("dimension"))
def test_an_absent_part_takes_no_weight(fixture: dict[str, Any]) -> None:
    given = fixture["input"]
    weights = SCORING.dimensions[given["dimension"]]

    assert dimension(weights, given["parts"]) == fixture["expected"]["score"]


@pytest.mark.parametrize("fixture", of_kind("survey"))
def test_survey_voices_are_scored_to_the_last_digit(fixture: dict[str, Any]) -> None:
    assert SCORING.ratings is not None
    given, expected, part_name = fixture["input"], fixture["expected"], f"survey_{fixture['input']['element']}"
    q = SCORING.ratings.parts[part_name].shortfall_per_10000
    pieces = tuple(Rated(part=part_name, q=q, shortfall=x, count=1) for x in given["voices"])
    result = evaluate(Evidence(as_of=AS_OF, rated=pieces), SCORING)
    (part,) = result.parts
    (balance,) = part.tests

    assert part.score == expected["score"]
    assert (balance.observed, balance.expected, balance.balance) == (expected["O"], expected["E"], expected["B"])
    assert shown(part.lines) == expected["lines"]
    assert result.outcome == expected["outcome"]


DIRECT: dict[str, Callable[[dict[str, Any]], Evidence]] = {
    "attendance": lambda given: Evidence(as_of=AS_OF, absent_days=given["days"]),
    "jp": lambda given: Evidence(as_of=AS_OF, learning=given["done"]),
    "innovation": lambda given: Evidence(as_of=AS_OF, innovation=tuple(given["criteria"])),
}


@pytest.mark.parametrize("fixture", of_kind(*DIRECT))
def test_a_direct_part_is_read_off_its_scale(fixture: dict[str, Any]) -> None:
    (part,) = evaluate(DIRECT[fixture["kind"]](fixture["input"]), SCORING).parts

    assert part.score == fixture["expected"]["score"]
    assert total(part) == Fraction(fixture["expected"]["score"])


def test_every_kind_of_fixture_is_tested() -> None:
    tested = {"timeliness", "delay", "procedure", "behaviour", "lateness", "context", "dimension", "survey", *DIRECT}

    assert {one["kind"] for one in FILE["fixtures"]} == tested | {"scale"}, "the scale: test_predicate.py"
