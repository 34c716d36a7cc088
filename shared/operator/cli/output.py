"""What the command line says: tables for people, JSON lines for programs, progress beside both."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import typer

from shared.errors import SetupError

AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line instead of a table")]
Why = Annotated[str, typer.Option("--reason", "-m", help="why; it is kept in the audit")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say what would happen, and do nothing")]
Cells = Mapping[str, Callable[[Mapping[str, Any]], str]]
"""How columns of a table are made of an item, where they are not a field of it as it is."""

LONGEST_WORDS = 60
EVERY_SECONDS = 1.0
PLAIN: Cells = MappingProxyType({})


def show(
    items: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, nothing: str, cells: Cells = PLAIN
) -> None:
    """A table of some columns, or all of it as JSON. What breaks the items off is raised once they are shown."""
    listed, broken = list[Mapping[str, Any]](), None
    try:
        listed.extend(items)
    except SetupError as error:
        broken = error
    if as_json:
        for item in listed:
            typer.echo(json.dumps(item))
    elif listed:
        _table(listed, columns, cells)
    elif broken is None:
        typer.echo(nothing)
    if broken is not None:
        raise broken


def _table(listed: Sequence[Mapping[str, Any]], columns: Sequence[str], cells: Cells) -> None:
    shown = [{**item, **{column: made(item) for column, made in cells.items()}} for item in listed]
    rows = [tuple(columns), *(tuple(cell(item.get(column)) for column in columns) for item in shown)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(columns))]
    for row in rows:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def show_one(item: Mapping[str, Any], *, as_json: bool, but: Sequence[str] = ()) -> None:
    """One thing, a field a line, without the fields that are shown in another way; or all of it as JSON."""
    if as_json:
        typer.echo(json.dumps(item))
        return
    shown = [name for name in item if name not in but]
    width = max(map(len, shown), default=0)
    for name in shown:
        typer.echo(f"{name.ljust(width)}  {cell(item[name])}")


def say(words: str, indent: str = "  ") -> None:
    """What somebody wrote, line by line."""
    for line in words.splitlines():
        typer.echo(f"{indent}{cell(line) if line else ''}".rstrip())


def reasoned(reason: str) -> None:
    """Refuse an act without a reason."""
    if not reason:
        raise typer.BadParameter("say why: --reason (-m), which the audit keeps.")


def clipped(words: str) -> str:
    """Words that explain, short enough for a table."""
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 3] + "..."


def moment(at: str | None) -> str:
    """A time to the second; none is empty."""
    return f"{at[:19]}Z" if at else ""


def moments(*names: str) -> Cells:
    """The cells of columns that hold times."""
    return {name: lambda item, name=name: moment(item[name]) for name in names}  # type: ignore[misc] # its own default


def cell(value: Any) -> str:
    """A value in a table: nothing is a dash, and what would break the line is escaped."""
    if value is None or value == "":
        return "-"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode()


class Progress:
    """Says on standard error how far long work has come, at most once a second."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.count = 0
        self.said_at = time.monotonic()

    def add(self, count: int = 1) -> None:
        """So much more is done."""
        self.count += count
        if time.monotonic() - self.said_at >= EVERY_SECONDS:
            self.said_at = time.monotonic()
            sys.stderr.write(f"{self.count:,} {self.words} ...\n")
