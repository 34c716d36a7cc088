"""The pieces of an evaluation: its window, the references of their date, the caps."""

from datetime import date

import pytest

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.words import Claim, Counted, Finding, Found
from services.evaluation.rules.gather import gather
from services.evaluation.rules.timeliness import timeliness
from services.evaluation.rules.window import quarter_of, quarters_back, window_start
from tests.services.evaluation.policies import SCORING
from tests.services.evaluation.worlds import AS_OF, CALENDAR, gathered


def known(*services: Counted, claims: tuple[Claim, ...] = ()) -> Found:
    return Found(AS_OF, services, claims, {})


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 7, 15), date(2025, 10, 1)),
        (date(2026, 12, 31), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2025, 4, 1)),
        (date(2026, 3, 31), date(2025, 4, 1)),
    ],
)
def test_the_window_is_this_quarter_and_the_three_before(day: date, start: date) -> None:
    assert window_start(day) == start


def test_a_quarter_is_named_by_year_and_number() -> None:
    assert [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 9, 12)] == [
        "2026-Q1",
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        "2026-Q4",
    ]
    assert quarters_back(date(2026, 2, 5), 1) == date(2025, 10, 1)


def test_evidence_outside_the_window_is_left_out() -> None:
    days = (date(2025, 9, 30), date(2025, 10, 1), date(2026, 7, 15), date(2026, 7, 16))
    claims = tuple(Claim(f"i{day}", "delay", day, "A", Finding.PENDING) for day in days)
    evidence = gathered(known(*(Counted(day, "ktp", 1, 0, 1) for day in days), claims=claims))

    assert [piece.day for piece in evidence.late] == [days[1], days[2]]
    assert [piece.count for piece in evidence.on_time] == [2]
    assert [one.day for one in evidence.incidents] == [days[1], days[2]]


def test_each_piece_keeps_the_reference_of_its_date() -> None:
    later = SCORING.services.model_copy(update={"late_per_10000": {**SCORING.services.late_per_10000, "ktp": 900}})
    new = SCORING.model_copy(update={"services": later})

    def on(day: date) -> ScoringPolicy:
        return new if day >= date(2026, 1, 1) else SCORING

    rows = (Counted(date(2025, 12, 31), "ktp", 5, 0, 1), Counted(date(2026, 1, 2), "ktp", 7, 0, 1))
    evidence = gather(known(*rows), on, CALENDAR)

    assert [(piece.q, piece.count) for piece in evidence.on_time] == [(900, 7), (1200, 5)]
    assert [(piece.q, piece.day.year) for piece in evidence.late] == [(1200, 2025), (900, 2026)]


def test_a_busy_quarter_raises_the_cap_of_the_next() -> None:
    """1,000 identity cards: 120 late are usual, a little more than 2 a working day, rounded up to 3; 9 count."""
    rows = (Counted(date(2026, 5, 5), "ktp", 1000, 0, 0), Counted(date(2026, 7, 7), "ktp", 0, 0, 9))
    evidence = gathered(known(*rows))

    assert evidence.caps == {
        "2026-Q2": 3,
        "2026-Q3": 9 if CALENDAR.between(date(2026, 3, 31), date(2026, 6, 30)) < 60 else 6,
    }


def test_the_quarter_before_the_window_sets_its_first_cap() -> None:
    rows = (Counted(date(2025, 8, 5), "ktp", 1500, 0, 0), Counted(date(2025, 10, 7), "ktp", 0, 0, 9))
    part = timeliness(gathered(known(*rows)), SCORING)

    assert part is not None
    assert [line.count for line in part.lines if line.kind == "late"] == [9]


def test_an_officer_without_earlier_work_counts_three_late_a_day() -> None:
    assert gathered(known(Counted(date(2026, 7, 7), "ktp", 0, 0, 9))).caps == {"2026-Q3": 3}


def test_the_cap_keeps_the_latest_and_then_the_smallest_reference() -> None:
    day = date(2026, 7, 7)
    rows = (Counted(day, "ktp", 0, 2, 1), Counted(day, "skck", 0, 1, 1), Counted(day, "tanah", 10, 0, 0))
    part = timeliness(gathered(known(*rows)), SCORING)

    assert part is not None
    assert {test.name: test.observed for test in part.tests} == {"all": "5/2", "ktp": "1", "skck": "3/2", "tanah": "0"}
    assert [line.count for line in part.lines if line.kind == "set_aside"] == [2]


def test_a_service_without_a_reference_is_shown_and_judges_nobody() -> None:
    day = date(2026, 7, 7)
    part = timeliness(gathered(known(Counted(day, "ktp", 12, 0, 0), Counted(day, "akta", 0, 0, 5))), SCORING)
    assert part is not None

    assert part.items == 12
    assert [(line.subject, line.count, line.points) for line in part.lines if line.kind == "unreferenced"] == [
        ("akta", 5, "0.00")
    ]


def test_open_and_finished_requests_of_one_day_are_one_piece() -> None:
    day = date(2026, 7, 7)
    evidence = gathered(known(Counted(day, "ktp", 4, 1, 1), Counted(day, "ktp", 0, 1, 0), Counted(day, "ktp", 0, 0, 1)))

    assert [(piece.slightly, piece.late) for piece in evidence.late] == [(2, 2)]


def test_all_services_handled_are_the_exposure_of_complaints() -> None:
    day = date(2026, 7, 7)
    evidence = gathered(known(Counted(day, "ktp", 4, 1, 1), Counted(day, "akta", 2, 0, 0)))

    assert {(piece.part, piece.count) for piece in evidence.handled} == {
        ("delay", 8),
        ("procedure", 8),
        ("behaviour", 8),
    }
