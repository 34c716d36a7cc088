"""Reports that a clerk takes down for somebody at the counter or on the telephone."""

from datetime import datetime

from starlette.responses import JSONResponse, Response

from services.complaints.actions import intake
from services.complaints.api.reports import with_code
from services.complaints.model.intake import FilingOnBehalf, PrintedReceipt, ReportOnBehalf
from services.complaints.rules.receipt import page
from shared.http import Call, Router, authority, refuses
from shared.messaging.requests import Command

FILE = Command("file on behalf", intake.file, locks=intake.names)

routes = Router()


@routes.post(
    "/complaints/on-behalf",
    status_code=201,
    response_model=PrintedReceipt,
    dependencies=[authority.role("officer")],
    responses=refuses(
        {
            403: "The report is about you, or about somebody whom you lead",
            410: "Filed before, with a receipt code of a key that was withdrawn",
        }
    ),
)
async def file(report: ReportOnBehalf, call: Call) -> Response:
    """File for a citizen, who consented. `page` is the receipt to hand over or read out: it is shown here only."""
    status, filed, _ = await call.answer(FILE, FilingOnBehalf(submission=report, channel=report.channel))
    shown = with_code(call.settings.receipt_keys, filed)
    filed_at = datetime.fromisoformat(shown["filed_at"]).astimezone(call.settings.zone)
    return JSONResponse({**shown, "page": page(shown["receipt_code"], filed_at, report.contact.language)}, status)
