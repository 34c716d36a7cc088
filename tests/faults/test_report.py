"""The report counts what the audit found, and says *not run* of what was not."""

from __future__ import annotations

from tests.faults.audit import Contradiction, Sort
from tests.faults.report import HEAD, Outcome, summary, table

GREEN = Outcome("F1", accepted=900, injected=3, audited=True, hit=[7, 4], gaps=[0.5, 1.25], seconds=30)
RED = Outcome(
    "F1",
    accepted=800,
    injected=1,
    unknown=2,
    audited=True,
    hit=[9],
    found=[
        Contradiction("I9", Sort.LOST, "3 events were never sent", "a", 3),
        Contradiction("I5", Sort.LOST, "training saw 0 of 1", "b"),
        Contradiction("I7", Sort.LOST, "b was neither applied nor kept", "b"),
        Contradiction("I5", Sort.INVERTED, "2 came before 1", "c"),
    ],
)
NOT_AUDITED = Outcome("F5", injected=1, hit=[1], found=[Contradiction("I6", Sort.WRONG, "not quiet")])
NOT_RUN = Outcome("F8", missing="no right to mount")


def _cells(*outcomes: Outcome) -> list[dict[str, str]]:
    head, *lines = table(outcomes)
    assert [cell.strip() for cell in head.split("|")] == list(HEAD)
    return [dict(zip(HEAD, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines]


def test_a_fault_has_one_line_however_often_it_was_given() -> None:
    (line,) = _cells(GREEN, RED)
    assert line == {
        "fault": "F1", "runs": "2", "injected": "4", "in flight": "4", "accepted": "1700",
        "lost": "4", "doubled": "0", "inverted": "1", "unknown": "2",
        "first progress": "1.2 s", "seconds": "30.0", "verdict": "RED: I5, I7, I9",
    }  # fmt: skip


def test_what_was_not_audited_is_not_called_zero() -> None:
    (line,) = _cells(NOT_AUDITED)
    assert {line[name] for name in ("lost", "doubled", "inverted", "unknown")} == {"?"}
    assert line["verdict"] == "RED: I6"


def test_what_did_not_run_is_never_called_green() -> None:
    green, other = _cells(GREEN, NOT_RUN)
    assert green["verdict"] == "green"
    assert (other["runs"], other["verdict"]) == ("0", "not run: no right to mount")
    assert summary([GREEN, RED, NOT_RUN]) == "1 of 2 rows green, 1 not run (F8)"
    assert summary([GREEN]) == "1 of 1 rows green"
