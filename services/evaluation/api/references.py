"""What the next scoring policy's references would be, for whoever writes it."""

from datetime import date

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.references import Reference
from services.evaluation.rules.references import reference
from services.evaluation.rules.window import WINDOW, quarter_start, quarters_back
from services.evaluation.store.references import of_district
from shared.http import Listing, Page, Paging, Reader, Router, authority

REFERENCES = Listing[Reference]("references", lambda one: (one.service,), str)

routes = Router()


@routes.get("/references", dependencies=[authority.role("operator")])
async def references(on: date, read: Reader, asked: Paging) -> Page[Reference]:
    """References as the four quarters say that were closed before a day, beside those in force on it."""
    rows = await of_district(read, quarters_back(on, WINDOW), quarter_start(on))
    first = read.policies.known["scoring"][0].valid_from
    known = read.policies.in_force(ScoringPolicy, "scoring", on=max(on, first)).services.late_per_10000
    found = [
        Reference(
            service=row["service"],
            items=row["items"],
            officers=row["officers"],
            computed=reference(row["slightly"], row["late"], row["items"], row["officers"]),
            in_force=known.get(row["service"]),
        )
        for row in rows
    ]
    return REFERENCES.cut(found, asked)
