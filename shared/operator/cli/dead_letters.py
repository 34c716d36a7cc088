"""`salor dead-letters`: list, show, replay, discard."""

import base64
import json
from typing import Annotated

import typer

from shared.operator.cli.client import Json, services
from shared.operator.cli.output import AsJson, Why, clipped, moment, show

COLUMNS = ("service", "topic", "partition", "offset", "at", "bytes", "reason")

app = typer.Typer(
    name="dead-letters",
    help="Records that could not be placed or read, byte for byte.",
    rich_markup_mode=None,
)

Service = Annotated[str, typer.Argument(help="the service that keeps it")]


@app.callback(invoke_without_command=True)
def first(context: typer.Context) -> None:
    """Records that could not be placed or read; without a command: a list."""
    if context.invoked_subcommand is None:
        listed()


@app.command("list")
def listed(service: Annotated[str | None, typer.Argument()] = None, as_json: AsJson = False) -> None:
    """Dead letters, without their content."""
    all_of = services()
    found = (
        {"service": name, **item, **({} if as_json else {"at": moment(item["at"]), "reason": clipped(item["reason"])})}
        for name in all_of.chosen(service)
        for item in all_of.items(name, "/dead-letters")
    )
    show(found, COLUMNS, as_json=as_json, nothing="there are no dead letters")


@app.command("show")
def look(
    service: Service, topic: str, partition: int, offset: int, reason: Why,
    raw: Annotated[bool, typer.Option("--raw", help="its value alone, byte for byte: send it to a file")] = False,
) -> None:  # fmt: skip
    """All of one, in JSON; it may hold personal data, so each look is in the audit."""
    letter = _post("look", service, topic, partition, offset, reason)
    if not raw:
        typer.echo(json.dumps(letter, indent=2, ensure_ascii=False))
    elif letter["value"] is None:
        typer.echo("it has no value: null, not an empty one", err=True)
    else:
        typer.echo(_bytes(letter), nl=False)


@app.command()
def replay(service: Service, topic: str, partition: int, offset: int, reason: Why = "replay") -> None:
    """Read one with the present code and settle it; where that fails again it stays as it was."""
    typer.echo(_post("replay", service, topic, partition, offset, reason)["fate"])


@app.command()
def discard(service: Service, topic: str, partition: int, offset: int, reason: Why) -> None:
    """Drop one for good."""
    typer.echo(_post("discard", service, topic, partition, offset, reason)["fate"])


def _bytes(letter: Json) -> bytes:
    encoded = letter["value_base64"]
    return letter["value"].encode() if encoded is None else base64.b64decode(encoded)


def _post(verb: str, service: str, topic: str, partition: int, offset: int, reason: str) -> Json:
    named = {"topic": topic, "partition": partition, "offset": offset, "reason": reason}
    return services().post(service, f"/dead-letters/{verb}", named)
