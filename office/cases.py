"""`salor list`, `show`, `candidates`, `links`: cases as officers see them, without their reporters."""

import json
from typing import Annotated
from uuid import UUID

import typer

from office.asking import COMPLAINTS, Case, Last, items, office
from shared.operator.cli import parked
from shared.operator.cli.client import Json
from shared.operator.cli.output import AsJson, cell, moment, say, show, show_one

COLUMNS = ("complaint_id", "state", "category", "service", "unit", "day", "visibility", "employee_id", "handler_id")
ON_DUTY = ("employee_id", "confidence")
IN_WORDS = ("text", "said", "clocks", "possible")
OF_AN_EVENT = "with STREAM and KEY: what is parked of a key of the service that the first word names, for operators"


def add_to(app: typer.Typer) -> None:
    """Add these commands. `show` takes the place of the operators' one, and leads to it."""
    app.command("list")(listed)
    app.command("show")(look)
    app.command()(candidates)
    app.command()(links)


def listed(
    state: Annotated[str | None, typer.Option(help="received, verified, assigned, ...")] = None,
    handler: Annotated[UUID | None, typer.Option(help="who handles it")] = None,
    unit: Annotated[str | None, typer.Option(help="the code of the unit")] = None,
    category: Annotated[str | None, typer.Option(help="`salor codes categories`")] = None,
    unassigned: Annotated[
        bool | None, typer.Option("--unassigned/--assigned", help="whether nobody is named whom it is about")
    ] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """Cases, newest first."""
    chosen = {"state": state, "handler": handler, "unit": unit, "category": category, "unassigned": unassigned}
    found = items(COMPLAINTS, "/cases", last, **chosen)
    show(found, COLUMNS, as_json=as_json, nothing="there is no such case")


def look(
    case: Annotated[str, typer.Argument(metavar="CASE", help="the complaint, as `salor list` shows it")],
    stream: Annotated[str | None, typer.Argument(help=OF_AN_EVENT)] = None,
    key: Annotated[str | None, typer.Argument()] = None,
    as_json: AsJson = False,
) -> None:
    """A case: the report, its clocks, what was said on it, and what may be done now."""
    if stream is not None:
        if key is None:
            raise typer.BadParameter("a case is one word; what is parked of a key is SERVICE STREAM KEY.")
        parked.show_key(case, stream, key, as_json)
        return
    complaint_id = _id(case)
    found = office().get(COMPLAINTS, f"/cases/{complaint_id}")
    show_one(found, as_json=as_json, but=IN_WORDS)
    if not as_json:
        _show_words(found)


def candidates(
    case: Case,
    since: Annotated[str | None, typer.Option(help="a moment; without both the day of the complaint")] = None,
    until: Annotated[str | None, typer.Option(help="a moment, as in 2026-03-02T10:00:00+07:00")] = None,
    counter: Annotated[str | None, typer.Option(help="the code of the counter")] = None,
    unit: Annotated[str | None, typer.Option(help="else that of the complaint")] = None,
    service: Annotated[str | None, typer.Option(help="else that of the complaint")] = None,
    as_json: AsJson = False,
) -> None:
    """Who was on duty there and then, likeliest first; who it is, `salor assign` says."""
    chosen = {"since": since, "until": until, "counter": counter, "unit": unit, "service": service}
    found = office().get(COMPLAINTS, f"/cases/{case}/candidates", **chosen)
    if as_json:
        typer.echo(json.dumps(found))
        return
    show(found["candidates"], ON_DUTY, as_json=False, nothing="the roster names nobody there and then")


def links(case: Case, as_json: AsJson = False) -> None:
    """What a case is linked to, and which are linked to it."""
    show_one(office().get(COMPLAINTS, f"/cases/{case}/links"), as_json=as_json)


def _show_words(case: Json) -> None:
    typer.echo()
    say(case["text"])
    for clock in case["clocks"]:
        paused = ", paused" if clock["paused"] else ""
        typer.echo(f"\n{clock['clock']} is due on {clock['due_on']}{paused}")
    for one in case["said"]:
        who = "the reporter" if one["by_reporter"] else cell(one["author_id"])
        finding = f", {one['finding']}" if one["finding"] else ""
        typer.echo(f"\n{moment(one['at'])}  {one['kind']} by {who}, for {one['audience']}{finding}")
        say(one["text"])
    typer.echo(f"\nthe state allows: {', '.join(case['possible']) or 'nothing more'}")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no case: name one as `salor list` shows it.") from None
