"""`salor enrolments`, `enrolment`, `leave`, `learning`: who sits where and why, and learning hours (JP)."""

from typing import Annotated
from uuid import UUID

import typer

from office.asking import TRAINING, Last, items, office
from shared.operator.cli.output import AsJson, moments, show, show_one

ENROLMENTS = ("enrolment_id", "employee_id", "state", "course", "starts_at", "test", "in_line", "reason")
STARTS = moments("starts_at")
LEARNING = ("employee_id", "since", "until", "status", "completed", "booked", "short", "left")

Whose = Annotated[UUID | None, typer.Argument(metavar="EMPLOYEE", help="without it everybody's, for operators")]
Enrolment = Annotated[UUID, typer.Argument(metavar="ENROLMENT", help="the id, as `salor enrolments` shows it")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (enrolments, enrolment, leave, learning):
        app.command()(each)


def enrolments(
    employee: Whose = None,
    state: Annotated[str | None, typer.Option(help="enrolled, waitlisted, proposed, completed, ...")] = None,
    course: Annotated[str | None, typer.Option(help="of everybody's: the code of a course")] = None,
    session: Annotated[UUID | None, typer.Option(help="of everybody's: in this session")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """What became of training needs and of seats: an officer's own, or everybody's."""
    if employee and (course or session):
        raise typer.BadParameter("--course and --session choose among everybody's: leave EMPLOYEE away.")
    path = f"/employees/{employee}/enrolments" if employee else "/enrolments"
    found = items(TRAINING, path, last, state=state, course=course, session_id=session)
    show(found, ENROLMENTS, as_json=as_json, nothing="there is no such enrolment", cells=STARTS)


def enrolment(of: Enrolment, as_json: AsJson = False) -> None:
    """One enrolment: the weakness that it is for, and where it stands."""
    show_one(office().get(TRAINING, f"/enrolments/{of}"), as_json=as_json)


def leave(of: Enrolment, as_json: AsJson = False) -> None:
    """Cancel an enrolment of your own before its session begins; the first in line gets the seat."""
    show_one(office().post(TRAINING, f"/enrolments/{of}/cancel", {}), as_json=as_json)


def learning(
    employee: Whose = None,
    year: Annotated[int | None, typer.Option(help="of a PPPK the contract's that begins in it; else this one")] = None,
    status: Annotated[str | None, typer.Option(help="of everybody's: pns or pppk")] = None,
    short: Annotated[bool, typer.Option("--short", help="of everybody's: only PNS who lack hours")] = False,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """Learning hours (JP) of a year: what a PNS is short of, what is left to a PPPK; an officer's, or everybody's."""
    if employee:
        show_one(office().get(TRAINING, f"/employees/{employee}/learning", year=year), as_json=as_json)
        return
    found = items(TRAINING, "/learning", last, year=year, status=status, short=short or None)
    show(found, LEARNING, as_json=as_json, nothing="there is nobody")
