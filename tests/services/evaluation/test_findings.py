"""What people find of complaints moves the results that rest on them, and what loses its cause is withdrawn."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.evaluation.rules.states import MOVES, Verb, move
from shared.events.complaints import (
    ComplaintAnswered,
    ComplaintFiled,
    ComplaintRejected,
    ComplaintVerified,
    ComplaintWithdrawn,
    Finding,
    FindingRevised,
    Trigger,
    Visibility,
)
from shared.events.evaluation import (
    CoachingOffered,
    EvaluationCompleted,
    EvaluationOpened,
    EvaluationWithdrawn,
    Outcome,
    Status,
)
from tests.services.evaluation.facts import DAY, NOW, assigned, complaint, delivered, tell, year_of_work
from tests.support import Bench

OFFICER, OTHER = UUID(int=0xA), UUID(int=0xB)
LATER = NOW + timedelta(days=3)


def answered(filed: ComplaintFiled, finding: Finding, times: int = 1) -> ComplaintAnswered:
    return ComplaintAnswered(
        complaint_id=filed.complaint_id, employee_id=filed.employee_id, finding=finding, times=times
    )


def verified(filed: ComplaintFiled, **given: Any) -> ComplaintVerified:
    return ComplaintVerified.model_validate({**filed.model_dump(), **given})


async def only(bench: Bench, kind: type[Any]) -> Any:
    (event,) = await bench.told(kind)
    return event


async def scores(bench: Bench, employee: UUID = OFFICER) -> list[str | None]:
    return [
        event.scores[0].score
        for event in await bench.told(EvaluationCompleted)
        if isinstance(event, EvaluationCompleted) and event.employee_id == employee
    ]


async def decide(bench: Bench, status: Status) -> None:
    """As if people had come so far."""
    await bench.pool.execute("UPDATE evaluation SET status = $1", status)


def test_each_pair_of_state_and_verb_is_a_move_or_refused_and_each_state_is_reached() -> None:
    assert {move(status, verb) for status in Status for verb in Verb} == {*Status, None}
    assert all(move(status, verb) == MOVES.get((status, verb)) for status in Status for verb in Verb)
    assert not [verb for verb in Verb if move(Status.WITHDRAWN, verb)], "a withdrawn evaluation stays withdrawn"


async def test_a_finding_moves_the_score_of_a_provisional_result(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), filed)
    await tell(evaluation, answered(filed, Finding.UPHELD), at=LATER)
    await tell(evaluation, FindingRevised(**{**answered(filed, Finding.REJECTED).model_dump()}), at=LATER)
    pending, upheld, rejected = map(float, filter(None, await scores(evaluation)))

    assert upheld < pending < rejected


async def test_a_finding_that_says_the_same_again_is_no_revision(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), filed)
    await tell(evaluation, answered(filed, Finding.UPHELD), at=LATER)
    await tell(evaluation, answered(filed, Finding.UPHELD, times=2), at=LATER)

    assert len(await evaluation.told(EvaluationCompleted)) == 2


async def test_what_was_not_judged_is_no_evidence(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), filed)
    await tell(evaluation, answered(filed, Finding.NOT_JUDGED), at=LATER)

    evidence = "SELECT jsonb_array_length(evidence->'incidents') FROM evaluation_revision ORDER BY revision"
    assert [row[0] for row in await evaluation.pool.fetch(evidence)] == [1, 0]


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.FINAL, Status.SUSPENDED])
async def test_after_a_decision_only_what_was_unfounded_revises(evaluation: Bench, status: Status) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), filed)
    await decide(evaluation, status)
    await tell(evaluation, answered(filed, Finding.UPHELD), at=LATER)
    assert len(await evaluation.told(EvaluationCompleted)) == 1

    await tell(evaluation, answered(filed, Finding.REJECTED, times=2), at=LATER)
    *_, last = await evaluation.told(EvaluationCompleted)
    assert isinstance(last, EvaluationCompleted)
    expected = Status.SUSPENDED if status is Status.SUSPENDED else Status.PROVISIONAL
    assert (last.revision, last.status) == (2, expected)
    assert await evaluation.pool.fetchval("SELECT status FROM evaluation") == expected


async def test_a_further_complaint_of_a_decided_incident_changes_nothing_of_it(evaluation: Bench) -> None:
    await tell(evaluation, delivered(OFFICER), complaint(OFFICER))
    await decide(evaluation, Status.CONFIRMED)
    await tell(evaluation, complaint(OFFICER))

    assert len(await evaluation.told(EvaluationCompleted)) == 1


async def test_an_upheld_finding_can_open_a_need_and_an_unfounded_one_takes_it_back(evaluation: Bench) -> None:
    """Seven upheld for delay where one is usual; each on a day of its own."""
    filed = [complaint(OFFICER, day=DAY - timedelta(days=n), part="procedure") for n in range(7)]
    await tell(evaluation, *year_of_work(OFFICER, on_time=400, late=0), *filed)
    for one in filed:
        await tell(evaluation, answered(one, Finding.UPHELD), at=LATER)
    opened = [need for event in await evaluation.told(EvaluationCompleted) for need in event.needs]  # type: ignore[attr-defined]
    assert [need.test for need in opened] == ["procedure"]

    for one in filed[:4]:
        await tell(evaluation, answered(one, Finding.REJECTED, times=2), at=LATER)
    taken = [need for event in await evaluation.told(EvaluationCompleted) for need in event.withdrawn]  # type: ignore[attr-defined]
    assert taken == [opened[0].need_id]
    assert await evaluation.pool.fetchval("SELECT count(*) FROM need WHERE closed_at IS NULL") == 0


@pytest.mark.parametrize(
    ("ending", "reason"), [(ComplaintRejected, "complaint invalid"), (ComplaintWithdrawn, "complaint withdrawn")]
)
async def test_an_evaluation_whose_only_complaint_ends_is_withdrawn_with_its_needs(
    evaluation: Bench, ending: type[Any], reason: str
) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=152, late=48), filed)
    await tell(evaluation, ending(complaint_id=filed.complaint_id, employee_id=OFFICER, **_reason(ending)), at=LATER)
    done, withdrawn = await only(evaluation, EvaluationCompleted), await only(evaluation, EvaluationWithdrawn)

    assert (withdrawn.evaluation_id, withdrawn.reason) == (done.evaluation_id, reason)
    assert withdrawn.withdrawn == tuple(need.need_id for need in done.needs)
    assert len(done.needs) == 1
    assert await evaluation.pool.fetchval("SELECT closed_at FROM need") == LATER


def _reason(ending: type[Any]) -> dict[str, str]:
    return {"reason": "spam"} if ending is ComplaintRejected else {}


async def test_an_evaluation_with_another_complaint_stays_and_is_computed_again(evaluation: Bench) -> None:
    first, second = complaint(OFFICER), complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), first, second)
    await tell(evaluation, ComplaintWithdrawn(complaint_id=second.complaint_id, employee_id=OFFICER), at=LATER)

    latest = "SELECT revision, complaint_id FROM evaluation_revision ORDER BY revision DESC LIMIT 1"
    assert tuple(await evaluation.pool.fetchrow(latest) or ()) == (3, first.complaint_id)
    assert len(await evaluation.told(EvaluationCompleted)) == 2, "one incident weighs what it weighed"
    assert await evaluation.told(EvaluationWithdrawn) == []


async def test_what_is_assigned_to_another_officer_is_withdrawn_here_and_opened_there(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=152, late=48), delivered(OTHER), filed)
    await tell(evaluation, assigned(filed, OTHER), at=LATER)
    await evaluation.timers()
    first, second = await evaluation.told(EvaluationOpened)
    withdrawn = await only(evaluation, EvaluationWithdrawn)

    assert isinstance(first, EvaluationOpened)
    assert isinstance(second, EvaluationOpened)
    assert (first.employee_id, second.employee_id) == (OFFICER, OTHER)
    assert first.evaluation_id != second.evaluation_id
    assert (withdrawn.evaluation_id, withdrawn.reason) == (first.evaluation_id, "reassigned")
    assert len(withdrawn.withdrawn) == 1


async def test_back_to_the_first_officer_is_an_evaluation_of_its_own(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, delivered(OFFICER), delivered(OTHER), filed)
    for days, employee in enumerate((OTHER, OFFICER), 1):
        await tell(evaluation, assigned(filed, employee), at=NOW + timedelta(days=days))
        await evaluation.timers()

    rows = await evaluation.pool.fetch("SELECT employee_id, status FROM evaluation ORDER BY opened_at")
    assert [tuple(row) for row in rows] == [
        (OFFICER, "withdrawn"),
        (OTHER, "withdrawn"),
        (OFFICER, "provisional"),
    ]


async def test_a_reassigned_complaint_leaves_those_of_the_incident_that_stay(evaluation: Bench) -> None:
    stays, goes = complaint(OFFICER), complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), stays, goes)
    await tell(evaluation, assigned(goes, OTHER), at=LATER)
    await evaluation.timers()

    voices = """SELECT (SELECT count(*) FROM jsonb_object_keys(evidence->'incidents'->0->'voices'))
        FROM evaluation_revision JOIN evaluation USING (evaluation_id) WHERE employee_id = $1
        ORDER BY evaluation_revision.revision"""
    assert [row[0] for row in await evaluation.pool.fetch(voices, OFFICER)] == [1, 2, 1]
    assert await evaluation.told(EvaluationWithdrawn) == []


async def test_what_waits_for_verification_is_evaluated_once_a_person_looked(evaluation: Bench) -> None:
    filed = complaint(OFFICER, part="behaviour", category="improper_conduct", trigger=Trigger.AFTER_VERIFICATION)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), filed)
    assert await evaluation.told() == []

    await tell(evaluation, verified(filed), at=LATER)
    done = await only(evaluation, EvaluationCompleted)
    assert [score.dimension for score in done.scores] == ["discipline", "conduct"]
    assert await evaluation.pool.fetchval("SELECT count(*) FROM no_evaluation") == 0


async def test_verification_alone_changes_nothing_of_what_was_evaluated_at_filing(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, delivered(OFFICER), filed)
    await tell(evaluation, verified(filed), at=LATER)

    assert len(await evaluation.told()) == 2


async def test_a_corrected_category_withdraws_and_evaluates_by_the_right_one(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), filed)
    await tell(evaluation, verified(filed, category="procedure", part="procedure"), at=LATER)
    withdrawn, (first, second) = await only(evaluation, EvaluationWithdrawn), await evaluation.told(EvaluationCompleted)

    assert (withdrawn.evaluation_id, withdrawn.reason) == (first.evaluation_id, "category corrected")  # type: ignore[attr-defined]
    assert [score.dimension for score in second.scores] == ["discipline", "competence"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"category": "reward_demanded", "part": None}, "category corrected"),
        ({"visibility": Visibility.CONFIDENTIAL}, "complaint referred"),
    ],
    ids=["a bribe", "the inspectorate's all the same"],
)
async def test_what_is_the_inspectorates_is_not_evaluated_any_more(
    evaluation: Bench, found: dict[str, Any], reason: str
) -> None:
    """Weaker: what followed before somebody saw what it is stays, a seat in a course with it."""
    other, filed = complaint(OFFICER, day=DAY - timedelta(days=2)), complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=152, late=48), filed, other)
    await tell(evaluation, verified(filed, trigger=Trigger.NEVER, **found), at=LATER)
    first, *_ = await evaluation.told(EvaluationCompleted)
    withdrawn = await only(evaluation, EvaluationWithdrawn)

    assert isinstance(first, EvaluationCompleted)
    assert (withdrawn.evaluation_id, withdrawn.reason) == (first.evaluation_id, reason)
    assert withdrawn.withdrawn == tuple(need.need_id for need in first.needs)
    assert len(first.needs) == 1
    assert await evaluation.pool.fetchval("SELECT reason FROM no_evaluation") == "category never triggers"
    counted = """SELECT jsonb_array_length(evidence->'incidents') FROM evaluation_revision JOIN evaluation
        USING (evaluation_id, revision) WHERE status <> 'withdrawn'"""
    assert await evaluation.pool.fetchval(counted) == 1, "nor does another result count it"


async def test_a_verifier_hides_a_reporter_better_and_never_less(evaluation: Bench) -> None:
    filed = complaint(OFFICER)
    await tell(evaluation, delivered(OFFICER), filed)
    for visibility in (Visibility.CONFIDENTIAL, Visibility.OPEN):
        await tell(evaluation, verified(filed, visibility=visibility), at=LATER)
        assert await evaluation.pool.fetchval("SELECT visibility FROM evaluation") == "rahasia"


async def test_first_signs_offer_coaching_once(evaluation: Bench) -> None:
    await tell(evaluation, *year_of_work(OFFICER, on_time=160, late=40))
    await tell(evaluation, complaint(OFFICER), complaint(OFFICER))
    first, *_ = await evaluation.told(EvaluationCompleted)
    offered = await only(evaluation, CoachingOffered)

    assert isinstance(first, EvaluationCompleted)
    assert first.outcome is Outcome.WATCH
    assert (offered.evaluation_id, offered.revision, offered.tests) == (first.evaluation_id, 1, ("ktp", "all"))
