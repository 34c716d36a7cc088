"""`salor record-attendance`, `record-coach-score`, `record-innovation`, and their lists: what no other system tells."""

from typing import Annotated

import typer

from office.asking import EVALUATION, Employee, Last, items, office, read
from shared.operator.cli.output import AsJson, show, show_one

On = Annotated[str, typer.Option(help="the day, as in 2026-07-14")]
Since = Annotated[str | None, typer.Option(help="from a day, as in 2026-07-14")]
Until = Annotated[str | None, typer.Option(help="until a day, as in 2026-07-14")]
OneToFive = Annotated[int, typer.Option(help="1 (worst) to 5")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (record_attendance, record_coach_score, record_innovation, attendance, coach_scores, innovations):
        app.command(each.__name__.replace("_", "-"))(each)


def record_attendance(
    file: Annotated[
        typer.FileText,
        typer.Argument(encoding="utf-8", help="months in JSON, as POST /attendance takes them; - is input"),
    ],
    as_json: AsJson = False,
) -> None:
    """Months of employees with their days of unexcused absence. A month that comes again replaces what was said."""
    show_one(office().post(EVALUATION, "/attendance", read(file)), as_json=as_json)


def record_coach_score(
    employee: Employee,
    score: Annotated[int, typer.Argument(metavar="SCORE", help="of competence, 1 (worst) to 5")],
    on: On,
    as_json: AsJson = False,
) -> None:
    """How you, as a coach, score an employee's competence on a day; the same day again replaces it."""
    one = {"employee_id": str(employee), "scored_on": on, "score": score}
    show_one(office().post(EVALUATION, "/coach-scores", {"items": [one]}), as_json=as_json)


def record_innovation(
    employee: Employee,
    title: Annotated[str, typer.Option(help="what it is")],
    on: On,
    novel: OneToFive,
    effective: OneToFive,
    useful: OneToFive,
    easy_to_spread: OneToFive,
    sustainable: OneToFive,
    as_json: AsJson = False,
) -> None:
    """An innovation that an employee proposed, as you judge it as the direct superior. The best of 12 months counts."""
    criteria = {
        "novel": novel, "effective": effective, "useful": useful, "easy_to_spread": easy_to_spread,
        "sustainable": sustainable,
    }  # fmt: skip
    asked = {"employee_id": str(employee), "proposed_on": on, "title": title, "criteria": criteria}
    show_one(office().post(EVALUATION, "/innovations", asked), as_json=as_json)


def attendance(
    employee: Employee, since: Since = None, until: Until = None, last: Last = 50, as_json: AsJson = False
) -> None:
    """An officer's months of which attendance is known, the latest first, with the days of unexcused absence."""
    found = items(EVALUATION, f"/employees/{employee}/attendance", last, since=since, until=until)
    show(found, ("month", "absent_on"), as_json=as_json, nothing="no month is known")


def coach_scores(
    employee: Employee, since: Since = None, until: Until = None, last: Last = 50, as_json: AsJson = False
) -> None:
    """What coaches scored of an officer, the newest first."""
    found = items(EVALUATION, f"/employees/{employee}/coach-scores", last, since=since, until=until)
    show(found, ("scored_on", "score", "coach"), as_json=as_json, nothing="no coach has scored")


def innovations(
    employee: Employee, since: Since = None, until: Until = None, last: Last = 50, as_json: AsJson = False
) -> None:
    """An officer's innovations with their five criteria, the newest first."""
    found = items(EVALUATION, f"/employees/{employee}/innovations", last, since=since, until=until)
    show(found, ("proposed_on", "title", "criteria"), as_json=as_json, nothing="no innovation was recorded")
