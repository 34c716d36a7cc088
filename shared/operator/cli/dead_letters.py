"""`salor dead-letters`: list, show, replay, discard."""

import base64
import json
from typing import Annotated

import typer

from shared.operator.cli.client import Json, services
from shared.operator.cli.many import Cause, Kind, Yes, settle_all
from shared.operator.cli.output import AsJson, Cells, DryRun, Why, clipped, moments, reasoned, show

COLUMNS = ("service", "topic", "partition", "offset", "at", "bytes", "reason")
NOTHING = "there are no dead letters"
NONE_MEANT = "no dead letter has this topic and this cause"
CELLS: Cells = {**moments("at"), "reason": lambda item: clipped(item["reason"])}
LETTERS = Kind("/dead-letters", COLUMNS, CELLS, ("topic", "partition", "offset", "at"))

app = typer.Typer(
    name="dead-letters",
    help="Records that could not be placed or read, byte for byte.",
    rich_markup_mode=None,
)

Service = Annotated[str, typer.Argument(help="the service that keeps it")]
Topic = Annotated[str | None, typer.Argument(help="where it came from; with --all: of this topic only")]
Partition = Annotated[int | None, typer.Argument()]
Offset = Annotated[int | None, typer.Argument()]
All = Annotated[bool, typer.Option("--all", help="all of them: of the topic, or of all")]


@app.callback(invoke_without_command=True)
def first(context: typer.Context) -> None:
    """Records that could not be placed or read; without a command: a list."""
    if context.invoked_subcommand is None:
        listed()


@app.command("list")
def listed(service: Annotated[str | None, typer.Argument()] = None, as_json: AsJson = False) -> None:
    """Dead letters, without their content."""
    found = services().listed(service, "/dead-letters")
    show(found, COLUMNS, as_json=as_json, nothing=NOTHING, cells=CELLS)


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
def replay(
    service: Service, topic: Topic = None, partition: Partition = None, offset: Offset = None,
    every: All = False, why: Cause = None, reason: Why = "replay", dry_run: DryRun = False, yes: Yes = False,
) -> None:  # fmt: skip
    """Read one (or --all) with the present code and settle it; where that fails again it stays as it was."""
    if every:
        _all("replay", service, topic, partition, why, reason, dry_run, yes)
    else:
        _one("replay", service, topic, partition, offset, reason, dry_run)


@app.command()
def discard(
    service: Service, topic: Topic = None, partition: Partition = None, offset: Offset = None,
    every: All = False, why: Cause = None, reason: Why = "", dry_run: DryRun = False, yes: Yes = False,
) -> None:  # fmt: skip
    """Drop one (or --all) for good."""
    if every:
        _all("discard", service, topic, partition, why, reason, dry_run, yes)
    else:
        _one("discard", service, topic, partition, offset, reason, dry_run)


def _one(
    verb: str, service: str, topic: str | None, partition: int | None, offset: int | None, reason: str, dry_run: bool
) -> None:
    if topic is None or partition is None or offset is None or dry_run:
        raise typer.BadParameter("name a topic, a partition and an offset, or say --all (which alone has a dry run).")
    reasoned(reason)
    typer.echo(_post(verb, service, topic, partition, offset, reason)["fate"])


def _all(
    verb: str, service: str, topic: str | None, partition: int | None, why: str | None,
    reason: str, dry_run: bool, yes: bool,
) -> None:  # fmt: skip
    if partition is not None:
        raise typer.BadParameter("--all is of a topic or of all, not of a partition.")
    chosen, nothing = {"topic": topic, "why": why}, NONE_MEANT if topic or why else NOTHING
    settle_all(LETTERS, service, verb, chosen, f"{verb} these {{}}?", nothing, reason, dry_run, yes)


def _bytes(letter: Json) -> bytes:
    encoded = letter["value_base64"]
    return letter["value"].encode() if encoded is None else base64.b64decode(encoded)


def _post(verb: str, service: str, topic: str, partition: int, offset: int, reason: str) -> Json:
    named = {"topic": topic, "partition": partition, "offset": offset, "reason": reason}
    return services().post(service, f"/dead-letters/{verb}", named)
