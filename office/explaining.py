"""How a person reads why a score is as it is, and what the officer said to it."""

from collections.abc import Iterable

import typer

from shared.operator.cli.client import Json
from shared.operator.cli.output import moment, say, show, show_one

SCORES = ("title", "score")
RAISES = {"id": "Yang menaikkan nilai", "en": "What would raise it"}


def show_explained(found: Json, language: str) -> None:
    """Each part with its lines, points and rule, and what would raise it."""
    source = f" ({found['source']})" if found["source"] else ""
    typer.echo(f"{found['message']}\n{found['note']}\n{found['policy_version']}{source}\n")
    show(found["dimensions"], SCORES, as_json=False, nothing="-")
    for part in found["parts"]:
        typer.echo(f"\n{part['title']}  {part['score'] or '-'}\n  {part['rule']}")
        for line in part["lines"]:
            typer.echo(f"  {line['points']:>8}  {line['text']}")
    if found["raises"]:
        typer.echo(f"\n{RAISES[language]}")
    for one in found["raises"]:
        typer.echo(f"  {one['score']:>8}  {one['text']}")


def show_replies(replies: Iterable[Json]) -> None:
    """The officer's own words, each with its moment and revision."""
    for one in replies:
        typer.echo(f"\n{moment(one['replied_at'])}  the officer, of revision {one['revision']}")
        say(one["words"])


def show_decided(found: Json) -> None:
    """What the superior decided about a result, and an objection to it."""
    for name in ("decision", "objection"):
        if found[name]:
            typer.echo(f"\n{name}")
            show_one(found[name], as_json=False)
