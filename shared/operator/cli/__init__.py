"""The command line `salor`: what stands still and why, what to do about it, and what was lost on the way.

Talks HTTP to the services: SALOR_SERVICES="NAME=http://...,NAME=http://...", SALOR_TOKEN an operator's token.
Exit codes: 0 well, 1 refused or a difference found, 2 wrong usage or set-up.
"""

import sys
from collections.abc import Sequence

import typer

from shared.errors import Problem, SetupError
from shared.operator.cli import actions, dead_letters, forecast, parked, reconcile, timers


def empty(about: str | None) -> typer.Typer:
    """A command line without commands yet."""
    return typer.Typer(
        name="salor",
        help=about,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def add_to(app: typer.Typer) -> None:
    """Add the operators' commands."""
    for each in (parked, reconcile, actions, forecast):
        each.add_to(app)
    app.add_typer(timers.app)
    app.add_typer(dead_letters.app)


app = empty(__doc__)
add_to(app)


def main(arguments: Sequence[str] | None = None, commands: typer.Typer = app) -> int:
    """Run a command; gives the exit code. What goes wrong is one line on standard error."""
    try:
        commands(arguments, prog_name="salor")
    except SystemExit as end:
        return int(end.code or 0)
    except Problem as problem:
        return _said(f"{problem.title}. {problem.detail}".strip(), 1)
    except SetupError as error:
        return _said(str(error), 2)
    return 0


def _said(line: str, code: int) -> int:
    sys.stderr.write(line + "\n")
    return code
