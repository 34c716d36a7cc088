"""Whether two complaints can be about one incident. That they are, a person says, and may take back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.complaints.model.cases import Text
from services.complaints.model.linking import Link, LinkTo
from services.complaints.model.rows import Audience, Complaint, Kind
from services.complaints.rules import filing
from services.complaints.rules.cases import Done, Seen, acting, said, wrong
from shared.errors import FieldError, Problem
from shared.events.complaints import ComplaintLinked


def link(seen: Seen, asked: LinkTo, *, others: Mapping[UUID, Complaint], links: Sequence[Link]) -> Done:
    """Link a complaint to another. `links` are all in which one of the two stands.

    Raises Problem 403 (about the officer, or somebody below), 409 (not one incident, or linked before) and 422.
    """
    complaint, other = acting(seen), others.get(asked.to_id)
    if asked.to_id == complaint.complaint_id:
        raise wrong(FieldError("to_id", "is the complaint itself"))
    if other is None:
        raise wrong(FieldError("to_id", "is of no complaint"))
    if differing := differences(complaint, other):
        raise Problem(409, "not-one-incident", "These complaints can't be about one incident", " ".join(differing))
    _not_linked(complaint.complaint_id, other.complaint_id, links)
    told = ComplaintLinked(
        complaint_id=complaint.complaint_id, employee_id=complaint.employee_id, to_id=other.complaint_id
    )
    return Done(complaint, (told,))


def unlink(seen: Seen, asked: Text, *, links: Sequence[Link]) -> Done:
    """Take the link of a complaint back. Why stays among officers. `links`: all in which it stands, and others.

    Raises Problem 403 (about the officer, or somebody below), 409 (it is linked to nothing) and 422.
    """
    complaint = acting(seen)
    to_id = next((each.to_id for each in links if each.complaint_id == complaint.complaint_id), None)
    if to_id is None:
        linked = ", ".join(str(each.complaint_id) for each in links if each.to_id == complaint.complaint_id)
        detail = f"Unlink those that are linked to it: {linked}." if linked else "It counts by itself already."
        raise Problem(409, "not-linked", "This complaint is linked to no other", detail)
    told = filing.told_unlinked(complaint, seen.record, to_id)
    return Done(complaint, (told,), said(seen, Kind.COMMENT, asked.text, Audience.INTERNAL))


def differences(one: Complaint, other: Complaint) -> list[str]:
    """What keeps two complaints from being about one incident: of one officer and one part it must be."""
    found = []
    if one.employee_id is None or other.employee_id is None:
        found.append("Of both it must be known whom they are about: assign them first.")
    elif one.employee_id != other.employee_id:
        found.append("They are about different officers.")
    if one.part is None or other.part is None:
        found.append("One is of a category that counts in no score.")
    elif one.part != other.part:
        found.append(f"One is about {one.part}, the other about {other.part}.")
    return found


def _not_linked(complaint_id: UUID, to_id: UUID, links: Sequence[Link]) -> None:
    """Links have two levels, so that an incident has one complaint that all others name. Raises Problem 409."""
    for each in links:
        if each.complaint_id == complaint_id:
            raise Problem(409, "linked-already", "This complaint is linked already", f"It is linked to {each.to_id}.")
        if each.complaint_id == to_id:
            detail = f"Link this complaint to {each.to_id} instead."
            raise Problem(409, "linked-itself", "The other complaint is linked itself", detail)
        if each.to_id == complaint_id:
            detail = "Link the other complaint to this one instead."
            raise Problem(409, "others-linked", "Other complaints are linked to this one", detail)
