"""`salor deliveries`, `settle-deliveries`: mails of which nobody knows whether they went out, for operators."""

from typing import Annotated
from uuid import UUID

import typer

from office.asking import NOTIFICATIONS, Last, items, office
from shared.operator.cli.output import AsJson, Why, moments, show, show_one

DELIVERIES = ("delivery_id", "what", "audience", "channel", "attempts", "changed_at", "reason")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(deliveries)
    app.command("settle-deliveries")(settle)


def deliveries(
    state: Annotated[str, typer.Option(help="unknown, failed, waiting, ...")] = "unknown",
    what: Annotated[str | None, typer.Option(help="enrolled, review, deadline_near, ...")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """Messages in a state, the oldest change first: those whose outcome nobody knows, or others."""
    found = items(NOTIFICATIONS, "/deliveries", last, state=state, what=what)
    show(found, DELIVERIES, as_json=as_json, nothing="there is no such delivery", cells=moments("changed_at"))


def settle(
    verb: Annotated[str, typer.Argument(metavar="VERB", help="accept: it went out; refuse: it did not; or resend")],
    which: Annotated[list[UUID], typer.Argument(metavar="DELIVERY ...", help="as `salor deliveries` shows them")],
    reason: Why,
    as_json: AsJson = False,
) -> None:
    """Say what became of messages whose outcome is unknown, or have them sent again; all of them, or none."""
    asked = {"verb": verb, "deliveries": [str(each) for each in which], "reason": reason}
    show_one(office().post(NOTIFICATIONS, "/operator/deliveries/settle", asked), as_json=as_json)
