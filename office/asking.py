"""The services as a person of the office asks them, and what all of these commands have in common."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, Any
from uuid import UUID

import typer

from shared.operator.cli.client import Json, Services, services

COMPLAINTS, EVALUATION = "complaints", "evaluation"

Case = Annotated[UUID, typer.Argument(metavar="CASE", help="the complaint, as `salor list` shows it")]
Text = Annotated[str, typer.Option("--text", help="the words")]
Last = Annotated[int, typer.Option(help="so many at most")]
Language = Annotated[str, typer.Option(help="id or en")]


def office() -> Services:
    """The services, with the person's own token. Raises SetupError."""
    return services(root="")


def items(service: str, path: str, most: int, /, **query: Any) -> Iterator[Json]:
    """A list, as far as it is wanted."""
    return islice(chain.from_iterable(office().pages(service, path, **query)), most)
