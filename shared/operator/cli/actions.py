"""`salor actions`: what operators did."""

from typing import Annotated

import typer

from shared.operator.cli.client import services
from shared.operator.cli.output import AsJson, Cells, moments, show

COLUMNS = ("service", "at", "who", "what", "place", "reason")


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(actions)


def actions(
    service: Annotated[str | None, typer.Argument(help="one service; without it all")] = None,
    last: Annotated[int, typer.Option(help="so many of each service")] = 50,
    as_json: AsJson = False,
) -> None:
    """What operators did, newest first."""
    cells: Cells = {**moments("at"), "place": lambda item: _place(item["place"])}
    found = services().listed(service, "/actions", last)
    show(found, COLUMNS, as_json=as_json, nothing="no operator has done anything", cells=cells)


def _place(place: dict[str, object]) -> str:
    named = ("service", "stream", "key", "sequence", "name", "subject", "topic", "partition", "offset", "told", "seen")
    return " ".join(str(place[name]) for name in named if name in place)
