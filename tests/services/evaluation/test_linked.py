"""Complaints that a person links are one incident; when that is taken back, they count apart again."""

from datetime import timedelta
from uuid import UUID

from shared.events.complaints import ComplaintFiled, ComplaintLinked, ComplaintUnlinked, ComplaintWithdrawn
from shared.events.evaluation import EvaluationCompleted, EvaluationOpened, EvaluationWithdrawn
from tests.services.evaluation.facts import DAY, NOW, complaint, delivered, tell, year_of_work
from tests.services.evaluation.test_findings import LATER, OFFICER, only, verified
from tests.support import Bench

LATEST = """SELECT status, evidence->'incidents' FROM evaluation JOIN evaluation_revision
USING (evaluation_id, revision) WHERE incident_id = (SELECT incident_id FROM complaint WHERE complaint_id = $1)
ORDER BY opened_at DESC LIMIT 1"""


def two() -> tuple[ComplaintFiled, ComplaintFiled]:
    return complaint(OFFICER), complaint(OFFICER, day=DAY - timedelta(days=2))


def linked(one: ComplaintFiled, to: ComplaintFiled) -> ComplaintLinked:
    return ComplaintLinked(complaint_id=one.complaint_id, employee_id=OFFICER, to_id=to.complaint_id)


def unlinked(one: ComplaintFiled, other: ComplaintFiled) -> ComplaintUnlinked:
    return ComplaintUnlinked.model_validate({**one.model_dump(), "from_id": other.complaint_id})


async def incidents(bench: Bench, of: UUID) -> tuple[str, int]:
    """How the last evaluation of a complaint's incident stands, and how many incidents it counts."""
    status, evidence = await bench.pool.fetchrow(LATEST, of) or ("", "")
    return status, evidence.count('"id"')


async def test_linked_complaints_count_as_one_incident(evaluation: Bench) -> None:
    first, second = two()
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), first, second)
    await tell(evaluation, linked(second, first), at=LATER)
    withdrawn = await only(evaluation, EvaluationWithdrawn)
    *_, last = await evaluation.told(EvaluationCompleted)

    assert isinstance(last, EvaluationCompleted)
    assert (withdrawn.reason, last.revision) == ("same incident", 2)
    assert await incidents(evaluation, second.complaint_id) == ("provisional", 1)


async def test_a_link_waits_for_the_other_complaint(evaluation: Bench) -> None:
    first, second = two()
    await tell(evaluation, delivered(OFFICER), second)
    await tell(evaluation, linked(second, first), at=LATER)
    await tell(evaluation, first, at=LATER)
    await evaluation.sweep()

    assert await evaluation.pool.fetchval("SELECT count(DISTINCT incident_id) FROM complaint") == 1


async def test_what_is_unlinked_counts_apart_again_with_an_evaluation_of_its_own(evaluation: Bench) -> None:
    first, second = two()
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), first, second)
    await tell(evaluation, linked(second, first), at=NOW + timedelta(days=1))
    await tell(evaluation, unlinked(second, first), at=LATER)

    days = "SELECT day FROM complaint ORDER BY day"
    assert [row[0] for row in await evaluation.pool.fetch(days)] == [second.day, first.day]
    assert [await incidents(evaluation, one.complaint_id) for one in (first, second)] == [("provisional", 2)] * 2
    *_, opened = await evaluation.told(EvaluationOpened)
    assert isinstance(opened, EvaluationOpened)
    assert (len(await evaluation.told(EvaluationOpened)), opened.complaint_id) == (3, second.complaint_id)
    assert (await only(evaluation, EvaluationWithdrawn)).reason == "same incident", "nothing else lost its cause"


async def test_an_incident_that_nobody_else_reported_goes_with_the_link(evaluation: Bench) -> None:
    first, second = two()
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), first, second)
    await tell(evaluation, linked(second, first), at=NOW + timedelta(days=1))
    withdrawn = ComplaintWithdrawn(complaint_id=first.complaint_id, employee_id=OFFICER)
    await tell(evaluation, withdrawn, at=NOW + timedelta(days=2))
    assert await incidents(evaluation, first.complaint_id) == ("provisional", 1)
    await tell(evaluation, unlinked(second, first), at=LATER)

    *_, gone = await evaluation.told(EvaluationWithdrawn)
    assert isinstance(gone, EvaluationWithdrawn)
    assert gone.reason == "another incident"
    assert await incidents(evaluation, second.complaint_id) == ("provisional", 1)


async def test_what_was_unlinked_stays_apart_when_a_verifier_looks_at_it(evaluation: Bench) -> None:
    """Weaker: the link is kept where it was forgotten here, and the next fact makes one incident of them again."""
    first, second = two()
    await tell(evaluation, delivered(OFFICER), first, second)
    await tell(evaluation, linked(second, first), at=NOW + timedelta(days=1))
    await tell(evaluation, unlinked(second, first), at=NOW + timedelta(days=2))
    await tell(evaluation, verified(second), at=LATER)

    assert await evaluation.pool.fetchval("SELECT count(DISTINCT incident_id) FROM complaint") == 2
    assert await evaluation.pool.fetchval("SELECT count(*) FROM complaint WHERE linked_to IS NOT NULL") == 0
