"""Many at once: first shown, then done one by one, each in a transaction of its own and with its row in the audit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from shared.errors import Problem
from shared.operator.cli.client import Json, Services, services
from shared.operator.cli.output import Cells, Progress, reasoned, show

Cause = Annotated[str | None, typer.Option("--why", help="with --all: those only whose cause, as listed, holds this")]
Yes = Annotated[bool, typer.Option("--yes", help="with --all: do it without asking")]

SETTLED = (404, 409)
"""It is gone meanwhile, or can't be done; any other refusal is not about this one, and ends the work."""
CAUSES = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """What there may be many of: its list at a service, the table of it, and the fields that name one to a verb."""

    path: str
    columns: Sequence[str]
    cells: Cells
    names: Sequence[str]


def settle_all(
    kind: Kind,
    service: str,
    verb: str,
    chosen: Json,
    question: str,
    nothing: str,
    reason: str,
    dry_run: bool,
    yes: bool,
) -> None:
    """Show all that is chosen, ask (`question`: with its number as `{}`), and do it with each."""
    if not dry_run:
        reasoned(reason)
    all_of = services()
    found = list(all_of.items(service, kind.path, **chosen))
    show(found, kind.columns, as_json=False, nothing=nothing, cells=kind.cells)
    if found and _agreed(question.format(f"{len(found):,}"), dry_run=dry_run, yes=yes):
        _act_on(all_of, service, f"{kind.path}/{verb}", found, kind.names, reason)


def _agreed(question: str, *, dry_run: bool, yes: bool) -> bool:
    """Whether to go on with what was shown. Aborts (exit code 1) where the answer is no, or nobody can answer."""
    return not dry_run and (yes or typer.confirm(question, abort=True))


def _act_on(
    services: Services, service: str, path: str, items: Sequence[Json], names: Sequence[str], reason: str
) -> None:
    """Do it with each of the items that were shown, known by these fields. Where some are refused: exit code 1.

    Whoever stops it half-way gives the same command again.
    """
    progress, refused = Progress(f"of {len(items):,} tried"), Counter[str]()
    for item in items:
        try:
            services.post(service, path, {**{name: item[name] for name in names}, "reason": reason})
        except Problem as problem:
            if problem.status not in SETTLED:
                raise
            refused[problem.detail or problem.title] += 1
        progress.add()
    typer.echo(f"done: {len(items) - refused.total():,} of {len(items):,}")
    for why, count in refused.most_common(CAUSES):
        typer.echo(f"{count:,} refused: {why}")
    if refused:
        raise typer.Exit(1)
