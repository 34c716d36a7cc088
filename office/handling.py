"""What officers do with a case: one command for each verb of the service, under the same name."""

from typing import Annotated, Any
from uuid import UUID

import typer

from office.asking import COMPLAINTS, Case, Text, office
from shared.operator.cli.output import AsJson, show_one

Employee = Annotated[UUID, typer.Option("--employee", help="the officer's id")]
Anybody = Annotated[UUID | None, typer.Option("--employee", help="the officer's id; without it yourself")]
Finding = Annotated[str, typer.Option(help="upheld, rejected or not_judged; the reporter does not see it")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (verify, assign, handle, ask, comment, answer, revise, close, reject, pass_on, refer, link, unlink):
        app.command(each.__name__.replace("_", "-"))(each)


def verify(
    case: Case,
    category: Annotated[str | None, typer.Option(help="the right one: `salor codes categories`")] = None,
    visibility: Annotated[str | None, typer.Option(help="open, anonim or rahasia")] = None,
    names_person: Annotated[bool, typer.Option("--names-person", help="the text names somebody: rahasia")] = False,
    as_json: AsJson = False,
) -> None:
    """Verify a report, and correct its category or what it hides. One that is berkadar is referred."""
    _do(case, "verify", as_json, category=category, visibility=visibility, names_person=names_person)


def assign(case: Case, employee: Employee, as_json: AsJson = False) -> None:
    """Name whom a complaint is about, or somebody else than before."""
    _do(case, "assign", as_json, employee_id=str(employee))


def handle(case: Case, employee: Anybody = None, as_json: AsJson = False) -> None:
    """Take a case, or give it to somebody."""
    _do(case, "handle", as_json, employee_id=str(employee) if employee else None)


def ask(case: Case, text: Text, as_json: AsJson = False) -> None:
    """Ask the reporter for what is missing; the case is on hold until it comes."""
    _do(case, "ask", as_json, text=text)


def comment(
    case: Case,
    text: Text,
    audience: Annotated[str, typer.Option(help="for whom: public, reporter or internal")],
    as_json: AsJson = False,
) -> None:
    """Say something: to everybody, to the reporter, or among officers."""
    _do(case, "comment", as_json, text=text, audience=audience)


def answer(case: Case, finding: Finding, text: Text, as_json: AsJson = False) -> None:
    """Answer the reporter, with what was found."""
    _do(case, "answer", as_json, finding=finding, text=text)


def revise(case: Case, finding: Finding, text: Text, as_json: AsJson = False) -> None:
    """Put another finding in the place of the one before; the words are for the reporter."""
    _do(case, "revise", as_json, finding=finding, text=text)


def close(case: Case, as_json: AsJson = False) -> None:
    """End an answered case."""
    _do(case, "close", as_json)


def reject(
    case: Case,
    reason: Annotated[str, typer.Option(help="`salor codes rejection-reasons`")],
    text: Text,
    as_json: AsJson = False,
) -> None:
    """Archive a case that is invalid, with words for the reporter."""
    _do(case, "reject", as_json, reason=reason, text=text)


def pass_on(
    case: Case,
    authority: Annotated[str, typer.Option(help="`salor codes authorities`")],
    text: Text,
    as_json: AsJson = False,
) -> None:
    """Give a case to another authority, with words for the reporter."""
    _do(case, "pass-on", as_json, authority=authority, text=text)


def refer(case: Case, text: Text, as_json: AsJson = False) -> None:
    """Give a case of bribery, abuse of office or conflict of interest to the inspectorate; why is internal."""
    _do(case, "refer", as_json, text=text)


def link(
    case: Case,
    to: Annotated[UUID, typer.Option(help="the complaint whose incident it shares")],
    as_json: AsJson = False,
) -> None:
    """Say that a complaint is about the same incident as another: they count once, and each gets its answer."""
    _do(case, "link", as_json, to_id=str(to))


def unlink(case: Case, text: Text, as_json: AsJson = False) -> None:
    """Take back that a complaint is about another's incident: they count apart again; why is internal."""
    _do(case, "unlink", as_json, text=text)


def _do(case: UUID, verb: str, as_json: bool, **asked: Any) -> None:
    """Do it, and show how the case stands."""
    show_one(office().post(COMPLAINTS, f"/cases/{case}/{verb}", asked), as_json=as_json)
