"""Many at once: first shown, then done one by one, each in a transaction of its own and with its row in the audit."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from shared.errors import Problem
from shared.operator.cli.client import Json, Services
from shared.operator.cli.output import Progress

Cause = Annotated[str | None, typer.Option("--why", help="with --all: those only whose cause, as listed, holds this")]
Yes = Annotated[bool, typer.Option("--yes", help="with --all: do it without asking")]

SETTLED = (404, 409)
"""It is gone meanwhile, or can't be done; any other refusal is not about this one, and ends the work."""
CAUSES = 10


def agreed(question: str, *, dry_run: bool, yes: bool) -> bool:
    """Whether to go on with what was shown. Aborts (exit code 1) where the answer is no, or nobody can answer."""
    return not dry_run and (yes or typer.confirm(question, abort=True))


def act_on(
    services: Services, service: str, path: str, items: Sequence[Json], names: Sequence[str], reason: str
) -> None:
    """Do it with each of the items that were shown, known by these fields. Where some are refused: exit code 1.

    Whoever stops it half-way gives the same command again.
    """
    progress, refused = Progress(f"of {len(items):,} done"), Counter[str]()
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
