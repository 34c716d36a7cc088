"""`salor timers`: list, replay, discard."""

from typing import Annotated

import typer

from shared.operator.cli.client import services
from shared.operator.cli.output import AsJson, Why, moment, show

COLUMNS = ("service", "name", "subject", "due", "attempts", "failure")

app = typer.Typer(name="timers", help="Timers that failed three times.", rich_markup_mode=None)

Service = Annotated[str, typer.Argument(help="the service in which the timer is parked")]


@app.callback(invoke_without_command=True)
def first(context: typer.Context) -> None:
    """Timers that failed three times; without a command: a list."""
    if context.invoked_subcommand is None:
        listed()


@app.command("list")
def listed(service: Annotated[str | None, typer.Argument()] = None, as_json: AsJson = False) -> None:
    """Timers that stand aside."""
    cells = {"due": lambda item: moment(item["due"])}
    show(services().listed(service, "/timers"), COLUMNS, as_json=as_json, nothing="no timer is parked", cells=cells)


@app.command()
def replay(service: Service, name: str, subject: str, reason: Why = "replay") -> None:
    """Let a timer fire again."""
    services().post(service, "/timers/replay", {"name": name, "subject": subject, "reason": reason})
    typer.echo(f"({name}, {subject}) fires again; `salor timers list {service}` shows whether it fails again")


@app.command()
def discard(service: Service, name: str, subject: str, reason: Why) -> None:
    """Take a timer away for good; a daily one is set for its next day."""
    services().post(service, "/timers/discard", {"name": name, "subject": subject, "reason": reason})
    typer.echo(f"({name}, {subject}) is discarded")
