"""`salor inbox`, `read`, `preferences`: what one was told, and what one wants to be told by mail."""

from typing import Annotated
from uuid import UUID

import typer

from office.asking import NOTIFICATIONS, Last, items, office
from shared.operator.cli.output import AsJson, moments, say, show, show_one

MESSAGES = ("at", "delivery_id", "what", "subject", "read_at", "mail")
WHEN = moments("at", "read_at")
IN_WORDS = ("subject", "text")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (inbox, read, preferences):
        app.command()(each)


def inbox(
    unread: Annotated[
        bool | None, typer.Option("--unread/--read", help="only those that you have not read, or")
    ] = None,
    what: Annotated[str | None, typer.Option(help="enrolled, review, deadline_near, ...")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """Your own messages, newest first, and what became of each by mail."""
    found = items(NOTIFICATIONS, "/inbox", last, unread=unread, what=what)
    show(found, MESSAGES, as_json=as_json, nothing="there is no such message", cells=WHEN)


def read(
    message: Annotated[UUID, typer.Argument(metavar="MESSAGE", help="the delivery_id, as `salor inbox` shows it")],
    as_json: AsJson = False,
) -> None:
    """Read a message of your own; from the first time on it counts as read."""
    found = office().post(NOTIFICATIONS, f"/inbox/{message}/read", {})
    show_one(found, as_json=as_json, but=IN_WORDS)
    if as_json:
        return
    typer.echo()
    say(found["subject"], indent="")
    typer.echo()
    say(found["text"])


def preferences(
    courtesy_mails: Annotated[
        bool | None, typer.Option("--courtesy-mails/--no-courtesy-mails", help="say it; without it: see it")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Whether courtesies come to you by mail, too. The inbox has all, and legal notices always come."""
    if courtesy_mails is None:
        found = office().get(NOTIFICATIONS, "/preferences")
    else:
        found = office().put(NOTIFICATIONS, "/preferences", {"courtesy_mails": courtesy_mails})
    show_one(found, as_json=as_json)
