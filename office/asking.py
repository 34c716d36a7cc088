"""The services as a person of the office asks them, and what all of these commands have in common."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Annotated, Any
from uuid import UUID

import typer

from shared.operator.cli.client import Json, Services, services

COMPLAINTS, EVALUATION, TRAINING, NOTIFICATIONS = "complaints", "evaluation", "training", "notifications"

Case = Annotated[UUID, typer.Argument(metavar="CASE", help="the complaint, as `salor list` shows it")]
Employee = Annotated[UUID, typer.Argument(metavar="EMPLOYEE", help="whose: an officer's id")]
Text = Annotated[str, typer.Option("--text", help="the words")]
Last = Annotated[int, typer.Option(help="so many at most")]
Language = Annotated[str, typer.Option(help="id or en")]


def office() -> Services:
    """The services, with the person's own token. Raises SetupError."""
    return services(root="")


def items(service: str, path: str, most: int, /, **query: Any) -> Iterator[Json]:
    """A list, as far as it is wanted."""
    return islice(chain.from_iterable(office().pages(service, path, **query)), most)


def named(name: Any, language: str) -> str:
    """A name in a language; some have one only."""
    return str(name if isinstance(name, str) else name.get(language, name["id"]))


def read(file: typer.FileText) -> Json:
    """A JSON object of a file. Raises BadParameter where it is none."""
    try:
        return an_object(json.load(file), file.name)
    except ValueError as error:
        raise typer.BadParameter(f"{file.name} is not JSON: {error}.") from None


def an_object(value: Any, where: str) -> Json:
    """A JSON object. Raises BadParameter where it is none."""
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{where} must be a JSON object, with the fields of what is sent in it.")
    return value


def said(options: Mapping[str, Any]) -> Json:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}
