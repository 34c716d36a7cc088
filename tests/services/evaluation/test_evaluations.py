"""A complaint evaluates its officer by itself: once per incident, with needs opened once, or says why not."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.rules.evaluate import recompute
from shared.events.complaints import Trigger, Visibility
from shared.events.directory import EmployeeRecorded
from shared.events.evaluation import EvaluationCompleted, EvaluationOpened, Outcome
from tests.services.evaluation.facts import DAY, NOW, assigned, complaint, delivered, tell, told_at, year_of_work
from tests.services.evaluation.policies import SCORING
from tests.support import Bench


async def completed(bench: Bench) -> list[EvaluationCompleted]:
    return [event for event in await bench.told() if isinstance(event, EvaluationCompleted)]


async def reasons(bench: Bench) -> dict[UUID, str]:
    return {row["complaint_id"]: row["reason"] for row in await bench.pool.fetch("SELECT * FROM no_evaluation")}


async def test_twice_the_usual_lateness_is_a_need_named_by_the_service(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=152, late=48))
    filed = complaint(employee)
    await tell(evaluation, filed)
    opened, done = await evaluation.told()

    assert isinstance(opened, EvaluationOpened)
    assert isinstance(done, EvaluationCompleted)
    assert (opened.complaint_id, opened.evaluation_id) == (filed.complaint_id, done.evaluation_id)
    assert (done.revision, done.status, done.outcome) == (1, "provisional", Outcome.NEED)
    assert [(need.test, need.part, need.dimension) for need in done.needs] == [("ktp", "timeliness", "discipline")]
    assert [(score.dimension, score.score) for score in done.scores] == [("discipline", "63.86")]


async def test_a_newcomer_has_no_score_and_no_need(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *(delivered(employee, used=60) for _ in range(3)))
    await tell(evaluation, complaint(employee))
    (done,) = await completed(evaluation)

    assert (done.outcome, done.needs) == (Outcome.NOT_ENOUGH_EVIDENCE, ())
    assert [(score.dimension, score.score) for score in done.scores] == [("discipline", None)]


async def test_an_isolated_case_opens_no_need(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=95, late=5))
    await tell(evaluation, complaint(employee))
    (done,) = await completed(evaluation)

    assert (done.outcome, done.needs) == (Outcome.ISOLATED, ())


async def test_complaints_of_one_incident_join_the_standing_evaluation(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=90, late=10))
    filed = [complaint(employee) for _ in range(10)]
    await tell(evaluation, *filed)
    done = await completed(evaluation)

    assert len([event for event in await evaluation.told() if isinstance(event, EvaluationOpened)]) == 1
    assert len({event.evaluation_id for event in done}) == 1
    assert [event.revision for event in done] == list(range(1, 11))
    assert [event.complaint_id for event in done] == [one.complaint_id for one in filed]
    assert await evaluation.pool.fetchval("SELECT revision FROM evaluation") == 10


async def test_another_day_is_another_incident(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, complaint(employee), complaint(employee, day=DAY - timedelta(days=1)))

    assert await evaluation.pool.fetchval("SELECT count(*) FROM evaluation") == 2


async def test_one_batch_or_one_by_one_ends_the_same(evaluation: Bench) -> None:
    employee = uuid4()
    facts = [*year_of_work(employee, on_time=20, late=6), *(complaint(employee) for _ in range(3))]
    for fact in facts:
        await tell(evaluation, fact)
    table = "SELECT revision, evidence, result FROM evaluation_revision ORDER BY revision"
    one_by_one = [tuple(row) for row in await evaluation.pool.fetch(table)]
    await evaluation.pool.execute("TRUNCATE service_day, complaint, evaluation, seen, stream, outbox CASCADE")
    evaluation.sequences.clear()
    await tell(evaluation, *facts)

    assert [tuple(row) for row in await evaluation.pool.fetch(table)] == one_by_one


async def test_an_open_need_is_never_told_twice(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=152, late=48))
    await tell(evaluation, complaint(employee), complaint(employee), complaint(employee, day=DAY - timedelta(days=9)))
    done = await completed(evaluation)

    assert [event.outcome for event in done] == [Outcome.NEED] * 3
    assert [len(event.needs) for event in done] == [1, 0, 0]
    assert await evaluation.pool.fetchval("SELECT count(*) FROM need") == 1


async def test_an_incident_is_as_hidden_as_its_most_protected_complaint(evaluation: Bench) -> None:
    employee = uuid4()
    visibilities = (Visibility.ANONYMOUS, Visibility.CONFIDENTIAL, Visibility.OPEN)
    await tell(evaluation, *(complaint(employee, visibility=visibility) for visibility in visibilities))

    assert [event.visibility for event in await completed(evaluation)] == ["anonim", "rahasia", "rahasia"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"trigger": Trigger.NEVER, "part": None}, "category never triggers"),
        ({"trigger": Trigger.AFTER_VERIFICATION, "part": "behaviour"}, "waits for verification"),
        ({"part": None}, "category informs no part"),
        ({"part": "survey"}, "part not judged yet"),
    ],
    ids=lambda value: str(value),
)
async def test_what_does_not_trigger_says_why(evaluation: Bench, given: dict[str, object], reason: str) -> None:
    filed = complaint(uuid4(), **given)
    await tell(evaluation, filed)

    assert await reasons(evaluation) == {filed.complaint_id: reason}
    assert await evaluation.told() == []


async def test_an_unknown_officer_is_evaluated_once_known(evaluation: Bench) -> None:
    employee, filed = uuid4(), complaint(None)
    await tell(evaluation, filed)
    before = await reasons(evaluation)
    await tell(evaluation, assigned(filed, employee))
    (done,) = await completed(evaluation)

    assert before == {filed.complaint_id: "employee unknown"}
    assert await reasons(evaluation) == {}
    assert (done.employee_id, done.complaint_id) == (employee, filed.complaint_id)


async def test_a_bribe_stays_unjudged_when_its_officer_becomes_known(evaluation: Bench) -> None:
    filed = complaint(None, trigger=Trigger.NEVER, part=None)
    await tell(evaluation, filed, assigned(filed, uuid4()))

    assert await reasons(evaluation) == {filed.complaint_id: "category never triggers"}


async def test_officer_known_before_or_after_filing_ends_with_the_same_points(evaluation: Bench) -> None:
    early, late = uuid4(), uuid4()
    for employee in (early, late):
        await tell(evaluation, *year_of_work(employee, on_time=40, late=8))
    unknown = complaint(None)
    await tell(evaluation, complaint(early), unknown)
    await tell(evaluation, assigned(unknown, late))
    first, second = await completed(evaluation)

    assert (first.scores, first.outcome) == (second.scores, second.outcome)


async def test_complaints_about_procedure_inform_competence(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=40, late=2))
    await tell(evaluation, complaint(employee, part="procedure"))
    (done,) = await completed(evaluation)

    assert [score.dimension for score in done.scores] == ["discipline", "competence"]


async def test_what_waits_for_verification_is_no_evidence_yet(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, complaint(employee, part="behaviour", trigger=Trigger.AFTER_VERIFICATION))
    await tell(evaluation, complaint(employee))

    assert "behaviour" not in await evaluation.pool.fetchval("SELECT evidence->>'incidents' FROM evaluation_revision")


async def test_evidence_later_than_an_evaluation_does_not_change_it(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=40, late=8))
    await tell(evaluation, delivered(employee, day=DAY + timedelta(days=5), used=60))
    await tell(evaluation, complaint(employee), at=NOW)

    assert '"2026-07-19"' not in await evaluation.pool.fetchval("SELECT evidence::text FROM evaluation_revision")


async def test_stored_results_recompute_byte_for_byte_after_a_newer_policy(evaluation: Bench) -> None:
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=152, late=48))
    await tell(evaluation, complaint(employee))
    newer = SCORING.model_copy(update={"version": "2026.2", "shrinkage": 12, "slope": 30})
    evaluation.policies.known["scoring"] += (newer,)  # type: ignore[index]
    row = await evaluation.pool.fetchrow("SELECT policy_version, evidence, result FROM evaluation_revision")
    assert row is not None
    same = evaluation.policies.version(ScoringPolicy, "scoring", row["policy_version"])
    again = recompute(row["evidence"], same)

    assert await evaluation.pool.fetchval("SELECT $1::jsonb::text = $2", again, row["result"])
    assert recompute(row["evidence"], newer) != again


async def test_a_new_k_counts_from_its_date_on_and_what_is_stored_keeps_its_own(evaluation: Bench) -> None:
    """85 - 40 * (48 - 24) / (24 + K): 55 with K = 8, 58.33 with 12."""
    employee = uuid4()
    renewed = SCORING.model_copy(update={"version": "2026.3", "valid_from": NOW.date(), "shrinkage": 12})
    evaluation.policies.known["scoring"] += (renewed,)  # type: ignore[index]
    await tell(evaluation, *year_of_work(employee, on_time=152, late=48))
    for days in (1, 0):
        day = NOW - timedelta(days=days)
        await tell(evaluation, complaint(employee, day=day.date(), filed_at=day), at=day)
    rows = await evaluation.pool.fetch("SELECT evidence, result FROM evaluation_revision ORDER BY as_of")
    found = [Result.parse(row["result"]) for row in rows]
    assert [one.policy_version for one in found] == [SCORING.version, "2026.3"]
    assert [next(part.score for part in one.parts if part.part == "timeliness") for one in found] == ["55.00", "58.33"]
    for row, one in zip(rows, found, strict=True):
        policy = evaluation.policies.version(ScoringPolicy, "scoring", one.policy_version)
        assert recompute(row["evidence"], policy) == one.canonical()


async def test_only_the_latest_version_of_an_officer_is_kept(evaluation: Bench) -> None:
    employee, superior = uuid4(), uuid4()
    first = EmployeeRecorded(
        employee_id=employee, version=1, name="A", email="a@x.example", unit="old", position="P", superior_id=uuid4()
    )
    second = first.model_copy(update={"version": 3, "unit": "new", "superior_id": superior})
    await evaluation.records([told_at(evaluation, second), told_at(evaluation, first)])
    row = await evaluation.pool.fetchrow("SELECT version, unit, superior_id FROM officer")

    assert row is not None
    assert tuple(row) == (3, "new", superior)


async def test_ids_that_an_officer_can_read_tell_no_time(evaluation: Bench) -> None:
    """A derived id begins with milliseconds: those of the complaint would name the reporter."""
    employee = uuid4()
    await tell(evaluation, *year_of_work(employee, on_time=152, late=48))
    await tell(evaluation, complaint(employee, visibility=Visibility.CONFIDENTIAL))
    (done,) = await completed(evaluation)
    quarter = int(NOW.replace(month=7, day=1, hour=0).timestamp() * 1000)

    assert {one.int >> 80 for one in (done.evaluation_id, done.incident_id, done.needs[0].need_id)} == {quarter}


async def test_a_complaint_waits_for_the_record_that_it_is_about(evaluation: Bench) -> None:
    employee = uuid4()
    last = delivered(employee, used=60)
    await tell(evaluation, *year_of_work(employee, on_time=152, late=47))
    await tell(evaluation, complaint(employee, evidence_id=last.record_id))
    assert await evaluation.told() == []

    await tell(evaluation, last)
    await evaluation.sweep()
    (done,) = await completed(evaluation)
    assert [(score.dimension, score.score) for score in done.scores] == [("discipline", "63.86")]
