"""Results: `salor worklist`, `evaluations`, `result`, `explain`, `confirm`, and reply, objection and its decision."""

import json
from typing import Annotated, Any
from uuid import UUID

import typer

from office.asking import EVALUATION, Employee, Language, Last, Text, items, office
from office.explaining import show_decided, show_explained, show_replies
from shared.operator.cli.client import Json
from shared.operator.cli.output import AsJson, Cells, show, show_one

WORK = ("due_on", "kind", "about", "revision", "outcome", "employee_id", "replied", "open_from", "period")
ABOUT: Cells = {"about": lambda one: one["evaluation_id"] or one["assessment_id"]}
RESULTS = ("evaluation_id", "status", "revision", "outcome", "needs", "policy_version", "reply_until")
IN_WORDS = ("dimensions", "replies", "decision", "objection")

Evaluation = Annotated[UUID, typer.Argument(metavar="EVALUATION", help="the result, as `salor worklist` shows it")]
Revision = Annotated[int | None, typer.Option(help="the revision that was read; without it the one that stands")]
Adjust = Annotated[str | None, typer.Option("--adjust", help="what shall count instead: isolated, watch, need, ...")]
Needs = Annotated[list[str] | None, typer.Option("--need", help="with --adjust need: a balance test, as in the result")]
Reasons = Annotated[str | None, typer.Option("--reason", "-m", help="why; the employee reads it")]
Why = Annotated[str, typer.Option("--reason", "-m", help="why; the others concerned read it")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (worklist, evaluations, result, explain, confirm, reply, state, decide):
        app.command()(each)
    app.command("object")(object_to)


def worklist(
    kind: Annotated[str | None, typer.Option(help="decision, statement or objection")] = None,
    due_until: Annotated[str | None, typer.Option(help="a day, as in 2026-07-29")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """What waits for you as a superior or who stands in, the most urgent first."""
    found = items(EVALUATION, "/worklist", last, kind=kind, due_until=due_until)
    show(found, WORK, as_json=as_json, nothing="nothing waits for you", cells=ABOUT)


def evaluations(
    employee: Employee,
    status: Annotated[str | None, typer.Option(help="provisional, confirmed, suspended, final or withdrawn")] = None,
    last: Last = 50,
    as_json: AsJson = False,
) -> None:
    """An officer's results, newest first."""
    found = items(EVALUATION, f"/employees/{employee}/evaluations", last, status=status)
    show(found, RESULTS, as_json=as_json, nothing="there is no such result")


def result(evaluation: Evaluation, as_json: AsJson = False) -> None:
    """One result, what the officer said to it, and what was decided."""
    found = _result(evaluation)
    show_one(found, as_json=as_json, but=IN_WORDS)
    if as_json:
        return
    show_replies(found["replies"])
    show_decided(found)


def explain(evaluation: Evaluation, language: Language = "id", as_json: AsJson = False) -> None:
    """Why this score: each part with its lines, points and rule, and what would raise it."""
    found = office().get(EVALUATION, f"/evaluations/{evaluation}/explanation", language=language)
    if as_json:
        typer.echo(json.dumps(found))
    else:
        show_explained(found, language)


def confirm(
    evaluation: Evaluation,
    adjust: Adjust = None,
    need: Needs = None,
    reason: Reasons = None,
    revision: Revision = None,
    as_json: AsJson = False,
) -> None:
    """Confirm a provisional result, or adjust it with reasons, as the direct superior or who stands in."""
    _send(evaluation, "decision", as_json, revision=revision, revised=True, outcome=adjust, needs=need, reasons=reason)


def reply(evaluation: Evaluation, text: Text, revision: Revision = None, as_json: AsJson = False) -> None:
    """Say something about your own result while it is provisional; the superior reads it before deciding."""
    _send(evaluation, "replies", as_json, revision=revision, revised=True, words=text)


def object_to(evaluation: Evaluation, reason: Why, as_json: AsJson = False) -> None:
    """Object to your own confirmed result (keberatan), within its term: its effects are suspended."""
    _send(evaluation, "objection", as_json, reasons=reason)


def state(evaluation: Evaluation, text: Text, as_json: AsJson = False) -> None:
    """Be heard about an objection, as the assessor."""
    _send(evaluation, "objection/statement", as_json, words=text)


def decide(
    evaluation: Evaluation,
    upheld: Annotated[bool, typer.Option("--upheld/--dismissed", help="whether the objection is right")],
    reason: Why,
    adjust: Adjust = None,
    need: Needs = None,
    as_json: AsJson = False,
) -> None:
    """Decide an objection as the assessor's superior, once both are heard. It is final."""
    _send(evaluation, "objection/decision", as_json, upheld=upheld, outcome=adjust, needs=need, reasons=reason)


def _result(evaluation: UUID) -> Json:
    return office().get(EVALUATION, f"/evaluations/{evaluation}")


def _send(
    evaluation: UUID, what: str, as_json: bool, *, revision: int | None = None, revised: bool = False, **asked: Any
) -> None:
    """Send it under the officer whose result it is, and show how the result stands. `revised`: it is of a revision,
    by default of the one that stands.
    """
    of = _result(evaluation)
    if revised:
        asked["revision"] = revision or of["revision"]
    path = f"/employees/{of['employee_id']}/evaluations/{evaluation}/{what}"
    show_one(office().post(EVALUATION, path, asked), as_json=as_json)
