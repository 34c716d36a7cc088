"""`salor file`: a report on behalf of somebody who came or called; `salor codes`: the codes that it takes."""

import json
from typing import Annotated

import typer

from office.asking import COMPLAINTS, Language, an_object, items, named, office, read, said
from shared.operator.cli.output import AsJson, show

LISTS = ("categories", "services", "rejection-reasons", "authorities")
COUNTER = "counter"

File = Annotated[
    typer.FileText | None,
    typer.Argument(encoding="utf-8", help="a report in JSON, as POST /complaints/on-behalf takes it; - is the input"),
]
Consent = Annotated[bool, typer.Option("--consent", help="the citizen agreed to the report and to the data in it")]
Contact = Annotated[str | None, typer.Option(help="of the citizen; in a FILE it shows in no list of processes")]
AnyText = Annotated[str | None, typer.Option(help="the report, in the citizen's words")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(file)
    app.command()(codes)


def file(
    report: File = None,
    category: Annotated[str | None, typer.Option(help="`salor codes categories`")] = None,
    text: AnyText = None,
    service: Annotated[str | None, typer.Option(help="`salor codes services`")] = None,
    request_number: Annotated[str | None, typer.Option(help="on the citizen's slip; it leads to the officer")] = None,
    employee: Annotated[str | None, typer.Option(help="the officer concerned, where the citizen knows")] = None,
    on: Annotated[str | None, typer.Option(help="the day on which it happened, as in 2026-03-02")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="anonim: who reports is hidden")] = False,
    confidential: Annotated[bool, typer.Option("--confidential", help="rahasia: the report is hidden, too")] = False,
    names_person: Annotated[bool, typer.Option("--names-person", help="the text names somebody: rahasia")] = False,
    name: Contact = None,
    nik: Contact = None,
    phone: Contact = None,
    email: Contact = None,
    language: Annotated[str | None, typer.Option(help="of the receipt and of messages: id or en")] = None,
    channel: Annotated[str | None, typer.Option(help=f"counter or telephone; else {COUNTER}")] = None,
    consent: Consent = False,
    as_json: AsJson = False,
) -> None:
    """File a report for a citizen, and print the receipt; an option goes before what the FILE says."""
    given = read(report) if report else {}
    options = {
        "category": category, "text": text, "service": service, "request_number": request_number,
        "employee_id": employee, "occurred_on": on, "channel": channel, "anonymous": anonymous or None,
        "confidential": confidential or None, "names_person": names_person or None, "consent": consent or None,
    }  # fmt: skip
    reach = {"name": name, "nik": nik, "phone": phone, "email": email, "language": language}
    body = {"channel": COUNTER, **given, **said(options)}
    if said(reach):
        body["contact"] = {**an_object(given.get("contact", {}), "contact"), **said(reach)}
    receipt = office().post(COMPLAINTS, "/complaints/on-behalf", body)
    if as_json:
        typer.echo(json.dumps(receipt))
        return
    typer.echo(receipt["page"].rstrip("\n"))
    typer.echo(f"case {receipt['complaint_id']}", err=True)  # beside the page, which goes to the citizen


def codes(
    of: Annotated[str, typer.Argument(help=f"{', '.join(LISTS[:-1])} or {LISTS[-1]}")],
    language: Language = "id",
    as_json: AsJson = False,
) -> None:
    """The codes that reports and verbs take, with what they mean."""
    if of not in LISTS:
        raise typer.BadParameter(f"there are {', '.join(LISTS)}.")
    found = items(COMPLAINTS, f"/{of}", 1_000)
    cells = {"code": lambda one: one.get("code") or one["service"], "name": lambda one: named(one["name"], language)}
    show(found, ("code", "name"), as_json=as_json, nothing="none", cells=cells)
