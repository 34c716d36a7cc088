"""Which two complaints can be about one incident, as a table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.complaints.model.cases import Text
from services.complaints.model.linking import Link, LinkTo
from services.complaints.model.rows import Complaint, Employee
from services.complaints.rules import filing
from services.complaints.rules.cases import Seen
from services.complaints.rules.linking import link, unlink
from shared.errors import Problem
from shared.events.complaints import ComplaintLinked
from tests.services.complaints.given import (
    COLLEAGUE,
    HANDLING,
    MONDAY,
    OFFICER,
    POLICY,
    TAXONOMY,
    a_complaint,
    circumstances,
    local,
)

CLERK, HEAD = UUID(int=0xD), UUID(int=0xE)
A, B, C, D = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
PEOPLE = {
    one: Employee(employee_id=one, unit="pelayanan", superior_id=HEAD if one != HEAD else None)
    for one in (OFFICER, COLLEAGUE, CLERK, HEAD)
}


def complaint(complaint_id: UUID, **more: Any) -> Complaint:
    made = filing.complaint(
        a_complaint(employee_id=OFFICER),
        circumstances(),
        complaint_id=complaint_id,
        sender=None,
        reporter_ref="r",
        receipt_hash=b"",
    )
    return replace(made, **more)


def linked(
    one: Complaint, *others: Complaint, to: UUID = B, by: UUID = CLERK, links: Sequence[Link] = ()
) -> tuple[object, ...]:
    return link(seen(one, by), LinkTo(to_id=to), others={each.complaint_id: each for each in others}, links=links).told


def seen(one: Complaint, by: UUID) -> Seen:
    return Seen(
        complaint=one,
        record=None,
        officer=by,
        people=PEOPLE,
        said_id=UUID(int=9),
        now=local(MONDAY, 10),
        taxonomy=TAXONOMY,
        policy=HANDLING,
        filing=POLICY,
    )


def test_two_complaints_about_one_officer_and_part_are_linked_whatever_their_days() -> None:
    told = linked(complaint(A), complaint(B, day=date(2026, 11, 20), service="pindah"))
    assert told == (ComplaintLinked(complaint_id=A, employee_id=OFFICER, to_id=B),)


def test_a_third_joins_the_second_that_others_are_linked_to() -> None:
    assert linked(complaint(C), complaint(B), links=[Link(A, B)])


@pytest.mark.parametrize(
    ("one", "other", "to", "links", "refused"),
    [
        pytest.param({}, {}, A, [], (422, "the complaint itself"), id="itself"),
        pytest.param({}, {}, C, [], (422, "of no complaint"), id="one that is not there"),
        pytest.param({}, {"employee_id": COLLEAGUE}, B, [], (409, "different officers"), id="another officer"),
        pytest.param({"employee_id": None}, {}, B, [], (409, "assign them first"), id="nobody is named"),
        pytest.param({}, {"employee_id": None}, B, [], (409, "assign them first"), id="nobody is named in the other"),
        pytest.param({}, {"part": "procedure"}, B, [], (409, "about delay, the other"), id="another part"),
        pytest.param({"part": None}, {"part": None}, B, [], (409, "counts in no score"), id="of no part"),
        pytest.param({}, {}, B, [Link(A, C)], (409, f"linked to {C}"), id="linked already"),
        pytest.param({}, {}, B, [Link(B, C)], (409, f"to {C} instead"), id="the other is linked itself"),
        pytest.param({}, {}, B, [Link(C, A)], (409, "to this one instead"), id="others are linked to it"),
    ],
)
def test_what_cannot_be_one_incident_is_refused_in_words(
    one: dict[str, Any], other: dict[str, Any], to: UUID, links: list[Link], refused: tuple[int, str]
) -> None:
    with pytest.raises(Problem) as problem:
        linked(complaint(A, **one), complaint(B, **other), to=to, links=links)
    status, words = refused
    said = [problem.value.detail, *(error.problem for error in problem.value.errors)]
    assert problem.value.status == status
    assert any(words in each for each in said), said


@pytest.mark.parametrize("by", [OFFICER, HEAD, UUID(int=0xFF)])
def test_neither_the_subject_nor_its_superior_nor_a_stranger_links_or_unlinks(by: UUID) -> None:
    with pytest.raises(Problem) as problem:
        linked(complaint(A), complaint(B), by=by)
    assert problem.value.status == 403
    with pytest.raises(Problem) as problem:
        unlink(seen(complaint(A), by), Text(text="Words."), links=[Link(A, B)])
    assert problem.value.status == 403


@pytest.mark.parametrize(
    ("links", "says"),
    [
        ([Link(B, A), Link(C, D)], f"Unlink those that are linked to it: {B}."),
        ([Link(C, D)], "It counts by itself already."),
    ],
    ids=["the others are linked to it", "nobody is linked to it"],
)
def test_what_is_linked_to_nothing_can_not_be_unlinked(links: list[Link], says: str) -> None:
    with pytest.raises(Problem) as problem:
        unlink(seen(complaint(A), CLERK), Text(text="Words."), links=links)
    assert (problem.value.status, problem.value.detail) == (409, says)
