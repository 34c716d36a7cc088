"""`salor scores`, `periods`, `assessments`, `assessment`: what showed on a day, and at a period's close."""

import json
from typing import Annotated
from uuid import UUID

import typer

from office.asking import EVALUATION, Employee, Language, Last, items, office
from office.explaining import show_decided, show_explained, show_replies
from shared.operator.cli.client import Json
from shared.operator.cli.output import AsJson, Cells, moments, show, show_one

PERIODS = ("period", "since", "until", "officers", "assessed", "closed_at")
CLOSED = moments("closed_at")
ASSESSMENTS = ("period", "assessment_id", "scale", "matrix", "proposed", "status", "decided", "policy_version")
PROPOSED: Cells = {
    "scale": lambda one: one["proposal"]["scale"],
    "matrix": lambda one: one["proposal"]["matrix"],
    "proposed": lambda one: one["proposal"]["proposed"],
    "decided": lambda one: one["decision"] and one["decision"]["predicate"],
}
IN_WORDS = ("dimensions", "explanation", "replies", "proposal", "decision", "objection")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (scores, periods, assessments, assessment):
        app.command()(each)


def scores(
    employee: Employee,
    on: Annotated[str | None, typer.Option(help="a day, as in 2026-07-20; without it today")] = None,
    language: Language = "id",
    as_json: AsJson = False,
) -> None:
    """An officer's scores as they showed at the end of a day: rule version, lines and replies."""
    found = office().get(EVALUATION, f"/employees/{employee}/scores", on=on, language=language)
    show_one(found, as_json=as_json, but=IN_WORDS)
    if as_json:
        return
    _explain(found["explanation"], language)
    show_replies(found["replies"])


def periods(last: Last = 50, as_json: AsJson = False) -> None:
    """The periods, the latest first, with how many officers were assessed."""
    found = items(EVALUATION, "/periods", last)
    show(found, PERIODS, as_json=as_json, nothing="there is no period yet", cells=CLOSED)


def assessments(
    employee: Employee,
    status: Annotated[str | None, typer.Option(help="provisional, confirmed, suspended or final")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """An officer's results for periods, the latest first, with the predicate that is proposed, and the decided one."""
    found = items(EVALUATION, f"/employees/{employee}/assessments", last, status=status)
    show(found, ASSESSMENTS, as_json=as_json, nothing="no period was closed with a result", cells=PROPOSED)


def assessment(
    of: Annotated[UUID, typer.Argument(metavar="ASSESSMENT", help="the id, as `salor assessments` shows it")],
    language: Language = "id",
    as_json: AsJson = False,
) -> None:
    """A result for a period: how the predicate came about, what was decided, and why the scores are as they are."""
    found = office().get(EVALUATION, f"/assessments/{of}")
    found["explanation"] = office().get(EVALUATION, f"/assessments/{of}/explanation", language=language)
    if as_json:
        typer.echo(json.dumps(found))
        return
    show_one({**found, **found["proposal"]}, as_json=False, but=IN_WORDS)
    show_decided(found)
    _explain(found["explanation"], language)


def _explain(explanation: Json | None, language: str) -> None:
    typer.echo()
    if explanation:
        show_explained(explanation, language)
    else:
        typer.echo("nothing was scored until then")
