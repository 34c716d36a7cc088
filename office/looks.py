"""`salor search`, `reveal`, `give-request-number`: looks at a reporter. Each has a reason, and is logged."""

from typing import Annotated
from uuid import UUID

import typer

from office.asking import COMPLAINTS, Case, office
from shared.operator.cli.output import AsJson, show, show_one

Reason = Annotated[str, typer.Option("--reason", "-m", help="why; it is logged, and told to the reporter")]
Whose = Annotated[str | None, typer.Option(help="of the reporter; one of the three")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(search)
    app.command()(reveal)
    app.command("give-request-number")(give_request_number)


def search(
    reason: Reason, nik: Whose = None, phone: Whose = None, email: Whose = None, as_json: AsJson = False
) -> None:
    """The complaints of somebody who has lost the receipt, newest first."""
    asked = {"reason": reason, "nik": nik, "phone": phone, "email": email}
    found = office().post(COMPLAINTS, "/reporters/search", asked)["found"]
    show(found, ("complaint_id", "status"), as_json=as_json, nothing="nothing is known of anybody with this")


def reveal(case: Case, reason: Reason, as_json: AsJson = False) -> None:
    """See who reported."""
    shown = office().post(COMPLAINTS, f"/cases/{case}/reveal", {"reason": reason})
    show_one(shown if as_json else shown["contact"], as_json=as_json)


def give_request_number(
    case: Case,
    employee: Annotated[UUID, typer.Option("--employee", help="to whom: the officer's id")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Give the request number to somebody: it leads to the reporter as surely as a name."""
    asked = {"employee_id": str(employee), "reason": reason}
    show_one(office().post(COMPLAINTS, f"/cases/{case}/give-request-number", asked), as_json=as_json)
