"""`salor record-attendance`, `record-coach-score`, `record-innovation`: evidence that no other system tells."""

from typing import Annotated

import typer

from office.asking import EVALUATION, Employee, office, read
from shared.operator.cli.output import AsJson, show_one

On = Annotated[str, typer.Option(help="the day, as in 2026-07-14")]
OneToFive = Annotated[int, typer.Option(help="1 (worst) to 5")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (record_attendance, record_coach_score, record_innovation):
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
