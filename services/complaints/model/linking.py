"""Complaints about one incident: they count once, and each gets its answer."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict

FIRST, SECOND = "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e11", "019a7c3e-5b10-8d4f-9a53-0c5b7b1d8e12"


class LinkTo(BaseModel):
    """The complaint whose incident it shares."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"to_id": FIRST}]})

    to_id: UUID


class Links(BaseModel):
    """What a complaint is linked to, and which are linked to it: one of the two at most."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"complaint_id": FIRST, "linked_to": None, "linked": [SECOND]}]}
    )

    complaint_id: UUID
    linked_to: UUID | None
    linked: list[UUID]


@dataclass(frozen=True, slots=True)
class Link:
    """A complaint, and the one whose incident it shares."""

    complaint_id: UUID
    to_id: UUID
