"""What an employee may read of a part: the same sum of points, but no line that names a reporter's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.evaluation.model.evidence import Evidence, Incident
from services.evaluation.model.result import Line, PartResult
from services.evaluation.rules import amounts


@dataclass(frozen=True, slots=True)
class _Case:
    """One incident's line: its month, who reported it, its points."""

    month: str
    voices: frozenset[str]
    points: Fraction


def employee_lines(part: PartResult, evidence: Evidence, fewest: int) -> tuple[Line, ...]:
    """The lines with incidents summed per month; months of fewer than `fewest` reporters are one line without month."""
    incidents = {one.id: one for one in evidence.incidents if one.part == part.part}
    cases = [_case(line, incidents[line.subject]) for line in part.lines if line.kind == "incident"]
    place = next((n for n, line in enumerate(part.lines) if line.kind == "incident"), len(part.lines))
    others = [line for line in part.lines if line.kind != "incident"]
    return (*others[:place], *_summed(cases, fewest), *others[place:])


def _case(line: Line, incident: Incident) -> _Case:
    return _Case(f"{incident.day:%Y-%m}", frozenset(incident.voices), Fraction(line.points))


def _summed(cases: Sequence[_Case], fewest: int) -> list[Line]:
    by_month = {month: [case for case in cases if case.month == month] for month in sorted({c.month for c in cases})}
    shown = {
        month: lot for month, lot in by_month.items() if len(frozenset().union(*(c.voices for c in lot))) >= fewest
    }
    rest = [case for case in cases if case.month not in shown]
    lines = [_line("incidents_of_month", month, lot) for month, lot in shown.items()]
    return [*lines, *([_line("incidents", "", rest)] if rest else [])]


def _reporters(lot: Sequence[_Case]) -> set[str]:
    return {voice for case in lot for voice in case.voices}


def _line(kind: str, subject: str, lot: Sequence[_Case]) -> Line:
    total = sum((case.points for case in lot), Fraction(0))
    return Line(kind=kind, subject=subject, count=len(lot), points=amounts.text(total))
