"""`salor set-predicate`, `object-to-predicate`, `state-on-predicate`, `decide-on-predicate`: of a closed period."""

from typing import Annotated, Any
from uuid import UUID

import typer

from office.asking import EVALUATION, Text, office, said
from shared.operator.cli.output import AsJson, show_one

Assessment = Annotated[UUID, typer.Argument(metavar="ASSESSMENT", help="the id, as `salor worklist` shows it")]
Another = Annotated[str | None, typer.Option("--predicate", help="what shall count instead: Baik, Cukup, ...")]
Reasons = Annotated[str | None, typer.Option("--reason", "-m", help="why; the employee reads it")]
Why = Annotated[str, typer.Option("--reason", "-m", help="why; the others concerned read it")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for each in (set_predicate, object_to_predicate, state_on_predicate, decide_on_predicate):
        app.command(each.__name__.replace("_", "-"))(each)


def set_predicate(of: Assessment, predicate: Another = None, reason: Reasons = None, as_json: AsJson = False) -> None:
    """Set the predicate of a period: the proposed one, or another with reasons, as the direct superior."""
    _send(of, "decision", as_json, predicate=predicate, reasons=reason)


def object_to_predicate(of: Assessment, reason: Why, as_json: AsJson = False) -> None:
    """Object to your own predicate of a period (keberatan), within its term: it is suspended."""
    _send(of, "objection", as_json, reasons=reason)


def state_on_predicate(of: Assessment, text: Text, as_json: AsJson = False) -> None:
    """Be heard about an objection to a predicate, as the assessor."""
    _send(of, "objection/statement", as_json, words=text)


def decide_on_predicate(
    of: Assessment,
    upheld: Annotated[bool, typer.Option("--upheld/--dismissed", help="whether the objection is right")],
    reason: Why,
    predicate: Another = None,
    as_json: AsJson = False,
) -> None:
    """Decide an objection to a predicate as the assessor's superior, once both are heard. It is final."""
    _send(of, "objection/decision", as_json, upheld=upheld, predicate=predicate, reasons=reason)


def _send(of: UUID, what: str, as_json: bool, **asked: Any) -> None:
    """Send it under the officer whose period it is, and show how the predicate stands."""
    employee = office().get(EVALUATION, f"/assessments/{of}")["employee_id"]
    path = f"/employees/{employee}/assessments/{of}/{what}"
    show_one(office().post(EVALUATION, path, said(asked)), as_json=as_json)
