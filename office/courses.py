"""`salor courses`, `sessions` and what is done with them: sign up, schedule, cancel, and who completed the training."""

from typing import Annotated
from uuid import UUID

import typer

from office.asking import TRAINING, Language, Last, an_object, items, named, office, read, said
from shared.operator.cli.client import Json
from shared.operator.cli.output import AsJson, Cells, moments, show, show_one

COURSES = ("code", "name", "form", "jp", "tests", "parts")
SESSIONS = ("starts_at", "session_id", "course", "place", "seats", "free")
STARTS = moments("starts_at")
PARTICIPANTS = ("employee_id", "state")

Session = Annotated[UUID, typer.Argument(metavar="SESSION", help="the session, as `salor sessions` shows it")]
Who = Annotated[list[UUID] | None, typer.Option(metavar="EMPLOYEE", help="may be given again")]
File = Annotated[
    typer.FileText | None,
    typer.Argument(encoding="utf-8", help="results in JSON, with scores, as POST /sessions/.../results takes them"),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (courses, sessions, participants, enrol, schedule, record_results, cancel_session):
        app.command(each.__name__.replace("_", "-"))(each)


def courses(language: Language = "id", as_json: AsJson = False) -> None:
    """The courses on offer, and the weaknesses that each treats."""
    cells: Cells = {
        "name": lambda one: named(one["name"], language),
        "tests": lambda one: ", ".join(one["tests"]),
        "parts": lambda one: ", ".join(one["parts"]),
    }
    show(items(TRAINING, "/courses", 1_000), COURSES, as_json=as_json, nothing="there is no course", cells=cells)


def sessions(
    course: Annotated[str | None, typer.Option(help="`salor courses`")] = None,
    since: Annotated[str | None, typer.Option(help="the first day, as in 2026-03-02")] = None,
    until: Annotated[str | None, typer.Option(help="the last day")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """The sessions to come, the next one first, with their free seats."""
    found = items(TRAINING, "/sessions", last, course=course, since=since, until=until)
    show(found, SESSIONS, as_json=as_json, nothing="there is no such session", cells=STARTS)


def participants(session: Session, as_json: AsJson = False) -> None:
    """Who has a seat, for the trainer."""
    found = items(TRAINING, f"/sessions/{session}/participants", 10_000)
    show(found, PARTICIPANTS, as_json=as_json, nothing="nobody has a seat")


def enrol(session: Session, as_json: AsJson = False) -> None:
    """Take a free seat of your own accord, without a training need."""
    show_one(office().post(TRAINING, f"/sessions/{session}/enrolments", {}), as_json=as_json)


def schedule(
    course: Annotated[str, typer.Argument(metavar="COURSE", help="the code: `salor courses`")],
    at: Annotated[str, typer.Option(help="a moment, as in 2026-03-02T09:00:00+07:00")],
    place: Annotated[str, typer.Option(help="where")],
    seats: Annotated[int, typer.Option(help="how many may come")],
    as_json: AsJson = False,
) -> None:
    """Schedule a session, as an operator. Those who wait for the course get its seats at once."""
    asked = {"course": course, "starts_at": at, "place": place, "seats": seats}
    show_one(office().post(TRAINING, "/sessions", asked), as_json=as_json)


def cancel_session(session: Session, as_json: AsJson = False) -> None:
    """Cancel a session, as an operator. Who had a seat for a need gets another, or stands in line at the old place."""
    show_one(office().post(TRAINING, f"/sessions/{session}/cancel", {}), as_json=as_json)


def record_results(
    session: Session,
    results: File = None,
    passed: Who = None,
    failed: Who = None,
    absent: Who = None,
    ended_on: Annotated[str | None, typer.Option(help="the last day; without it the day of its start")] = None,
    as_json: AsJson = False,
) -> None:
    """Say, as the trainer, who completed the training and who missed it; all of it is kept, or nothing."""
    given = read(results) if results else {}
    found = [*_listed(given), *_results(passed, failed, absent)]
    asked = {**given, **said({"ended_on": ended_on}), "results": found}
    show_one(office().post(TRAINING, f"/sessions/{session}/results", asked), as_json=as_json)


def _listed(given: Json) -> list[Json]:
    listed = given.get("results", [])
    if not isinstance(listed, list):
        raise typer.BadParameter("results must be a list, of an object for each employee.")
    return [an_object(one, "each of the results") for one in listed]


def _results(passed: Who, failed: Who, absent: Who) -> list[Json]:
    return [
        *({"employee_id": str(one), "attended": True} for one in passed or ()),
        *({"employee_id": str(one), "attended": True, "passed": False} for one in failed or ()),
        *({"employee_id": str(one), "attended": False} for one in absent or ()),
    ]
