"""`salor stand-ins`, `stand-in`, `end-stand-in`: who acts for a superior (Plt., Plh.), as operators say."""

from typing import Annotated
from uuid import UUID

import typer

from office.asking import EVALUATION, Last, items, office
from shared.operator.cli.output import AsJson, Why, show, show_one

STAND_INS = ("stand_in_id", "holder_id", "acting_id", "since", "until")
PATH = "/operator/stand-ins"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (stand_ins, stand_in, end_stand_in):
        app.command(each.__name__.replace("_", "-"))(each)


def stand_ins(
    person: Annotated[UUID | None, typer.Option(help="in either role")] = None,
    on: Annotated[str | None, typer.Option(help="in force on a day, as in 2026-07-20")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """Who stands in for whom, the latest first."""
    found = items(EVALUATION, PATH, last, person=person, on=on)
    show(found, STAND_INS, as_json=as_json, nothing="nobody stands in for anybody")


def stand_in(
    holder: Annotated[UUID, typer.Argument(metavar="SUPERIOR", help="for whom")],
    since: Annotated[str, typer.Option(help="the first day, as in 2026-07-20")],
    until: Annotated[str, typer.Option(help="the last day")],
    reason: Why,
    by: Annotated[UUID | None, typer.Option(help="who acts; without it nobody: the next level up decides")] = None,
    as_json: AsJson = False,
) -> None:
    """Say who acts for a superior, or that nobody does."""
    asked = {"holder_id": str(holder), "acting_id": str(by) if by else None, "since": since, "until": until}
    show_one(office().post(EVALUATION, PATH, {**asked, "reason": reason}), as_json=as_json)


def end_stand_in(
    which: Annotated[UUID, typer.Argument(metavar="STAND_IN", help="the id, as `salor stand-ins` shows it")],
    until: Annotated[str, typer.Option(help="its last day")],
    reason: Why,
    as_json: AsJson = False,
) -> None:
    """Let a stand-in end earlier than was said."""
    asked = {"stand_in_id": str(which), "until": until, "reason": reason}
    show_one(office().post(EVALUATION, f"{PATH}/end", asked), as_json=as_json)
