"""What an employee reads: the same sums, in two languages, and nothing that names a reporter's day."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.model.result import Line
from services.evaluation.model.words import Claim, Counted, Finding, Found
from services.evaluation.rules import texts
from services.evaluation.rules.evaluate import evaluate
from services.evaluation.rules.explain import Explanation, explain
from services.evaluation.rules.view import employee_lines
from shared.events.evaluation import Outcome
from tests.services.evaluation.policies import SCORING, VIEW
from tests.services.evaluation.worlds import AS_OF, founds, gathered

MAY, JUNE = date(2026, 5, 5), date(2026, 6, 9)


def complaints(*reported: tuple[date, str]) -> Found:
    claims = tuple(Claim(f"i{day}", "delay", day, voice, Finding.PENDING) for day, voice in reported)
    return Found(AS_OF, (Counted(MAY, "ktp", 40, 0, 0),), claims, {})


def read(found: Found, language: str = "en") -> Explanation:
    evidence = gathered(found)
    return explain(evidence, evaluate(evidence, SCORING), language=language, fewest=VIEW.fewest_cases)


def lines_about_complaints(found: Found) -> list[str]:
    return [line.text for line in read(found).parts[1].lines if "complained" in line.text]


@given(founds, st.sampled_from(["id", "en"]), st.integers(1, 4))
def test_the_employees_lines_have_the_sums_of_the_stored_ones(found: Found, language: str, fewest: int) -> None:
    evidence = gathered(found)
    result = evaluate(evidence, SCORING)
    shown = explain(evidence, result, language=language, fewest=fewest)

    for stored, part in zip(result.parts, shown.parts, strict=True):
        total = sum(Fraction(line.points) for line in part.lines)
        assert total == sum(Fraction(line.points) for line in stored.lines)
        assert part.score is None or total == Fraction(part.score)


@given(founds)
def test_a_month_shows_only_with_enough_reporters(found: Found) -> None:
    evidence = gathered(found)
    for part in evaluate(evidence, SCORING).parts:
        for line in employee_lines(part, evidence, 3):
            voices = {
                voice
                for one in evidence.incidents
                if one.part == part.part and f"{one.day:%Y-%m}" == line.subject
                for voice in one.voices
            }
            assert line.kind != "incidents_of_month" or len(voices) >= 3


def test_fewer_than_three_reporters_are_one_line_without_a_month() -> None:
    assert lines_about_complaints(complaints((MAY, "A"), (JUNE, "B"))) == ["2 incidents complained about"]


def test_three_reporters_of_a_month_show_it() -> None:
    found = complaints((MAY, "A"), (MAY, "B"), (date(2026, 5, 8), "C"), (JUNE, "D"))

    assert lines_about_complaints(found) == [
        "2 incidents complained about in May 2026",
        "1 incident complained about",
    ]


def test_one_citizen_complaining_often_shows_no_month() -> None:
    found = complaints(*((date(2026, 5, day), "A") for day in range(4, 9)))

    assert lines_about_complaints(found) == ["5 incidents complained about"]


def test_no_line_names_a_day_an_incident_or_a_voice() -> None:
    shown = read(complaints((MAY, "voice-of-A"), (JUNE, "voice-of-B"))).model_dump_json()

    assert not any(word in shown for word in ("2026-05", "2026-06", "voice-of", "i2026"))


def test_every_kind_of_line_has_words_in_both_languages() -> None:
    assert texts.LINES["id"].keys() == texts.LINES["en"].keys()
    for language in ("id", "en"):
        assert set(texts.OUTCOMES[language]) == set(Outcome)
        assert texts.PARTS[language].keys() >= {"timeliness", *SCORING.complaints.parts}
        assert texts.DIMENSIONS[language].keys() >= SCORING.dimensions.keys()


def test_months_are_written_in_the_readers_language() -> None:
    line = Line(kind="incidents_of_month", points="-1.00", subject="2026-08", count=4)

    assert texts.line(line, "id") == "4 kejadian yang diadukan pada Agustus 2026"
    assert texts.line(line, "en") == "4 incidents complained about in August 2026"


def test_one_is_not_a_plural() -> None:
    def english(kind: str, count: int) -> str:
        return texts.line(Line(kind=kind, points="0", subject="2026-05", count=count), "en")

    assert english("incidents_of_month", 1) == "1 incident complained about in May 2026"
    assert english("handled", 1) == "1 service handled"
    assert english("handled", 2) == "2 services handled"
    assert texts.OF_ONE.keys() <= texts.LINES["en"].keys()
