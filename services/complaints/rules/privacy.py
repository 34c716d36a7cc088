"""Looks that need a reason: who may have one, and what the reporter is told of it."""

from services.complaints.model.privacy import GiveRequestNumber, RevealIdentity, Search
from services.complaints.rules import contact
from services.complaints.rules.cases import Done, Seen, acting
from shared.errors import FieldError, Problem
from shared.events.complaints import IdentityRevealed
from shared.events.frontoffice import Contact


def reveal(seen: Seen, asked: RevealIdentity) -> Done:
    """Show who reported. Raises Problem 403 for whom the case is about, and for their superior."""
    complaint = acting(seen)
    return Done(complaint, (_told(seen),))


def give_request_number(seen: Seen, asked: GiveRequestNumber) -> Done:
    """Give the request number to somebody, the subject or its superior too. Raises Problem 403, 409 and 422."""
    complaint = acting(seen)
    if complaint.request_number is None:
        raise Problem(409, "no-request-number", "The complaint names no request number", "There is nothing to give.")
    if asked.employee_id not in seen.people:
        errors = [FieldError("employee_id", "is no employee of the directory")]
        raise Problem(422, "invalid-request", "The request is not valid", errors=errors)
    return Done(complaint, (_told(seen),))


def _told(seen: Seen) -> IdentityRevealed:
    return IdentityRevealed(complaint_id=seen.complaint.complaint_id, reveal_id=seen.said_id, at=seen.now)


def sought(asked: Search) -> tuple[Contact, list[FieldError]]:
    """Whom to look for, and what is wrong with that: it is one of the NIK, the phone number and the address."""
    found = Contact(nik=asked.nik, phone=asked.phone, email=asked.email)
    named = [name for name in ("nik", "phone", "email") if getattr(asked, name) is not None]
    if not named:
        return found, [FieldError("nik", "is missing, and so are phone and email: give one of them")]
    if len(named) > 1:
        return found, [FieldError(name, "is one too many: search by one of nik, phone, email") for name in named[1:]]
    return found, [FieldError(one.field.removeprefix("contact."), one.problem) for one in contact.problems(found)]
