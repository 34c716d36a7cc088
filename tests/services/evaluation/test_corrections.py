"""A corrected service record counts as if it had been right at first, and what rested on it is judged again."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from services.evaluation.model.evidence import Evidence
from services.evaluation.rules.evaluate import recompute
from shared.events.complaints import ServiceDelivered, ServiceOverdue
from shared.events.evaluation import EvaluationCompleted, Outcome
from tests.services.evaluation.facts import DAY, NOW, complaint, delivered, overdue, revised, tell, year_of_work
from tests.services.evaluation.policies import SCORING
from tests.support import Bench

COUNTERS = """SELECT counted_on, service, on_time, slightly, late FROM service_day
WHERE employee_id = $1 AND on_time + slightly + late > 0 ORDER BY 1, 2"""
REVISIONS = "SELECT as_of, evidence, result FROM evaluation_revision ORDER BY evaluation_id, revision"
OFFICER = UUID(int=0xA)
LATER = NOW + timedelta(days=5)
OTHER_DAY = DAY - timedelta(days=1)
Told = ServiceDelivered | ServiceOverdue

WAS: dict[str, Callable[[UUID], Told]] = {
    "in time": lambda officer: delivered(officer, used=10),
    "slightly late": lambda officer: delivered(officer, used=18),
    "late": lambda officer: delivered(officer, used=60),
    "overdue and unfinished": lambda officer: overdue(officer, deadline=NOW - timedelta(minutes=30)),
}
RIGHT: dict[str, dict[str, Any]] = {
    "how long it took": {"used": 18},
    "the officer": {"to_colleague": True},
    "the day": {"day": OTHER_DAY},
    "the service": {"service": "sktm"},
    "all of it": {"used": 60, "to_colleague": True, "day": OTHER_DAY, "service": "sktm"},
}


async def completed(bench: Bench) -> list[EvaluationCompleted]:
    return [event for event in await bench.told() if isinstance(event, EvaluationCompleted)]


async def counters(bench: Bench, *officers: UUID) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in await bench.pool.fetch(COUNTERS, officer)] for officer in officers]


def put_right(was: Told, officer: UUID | None = None, **right: Any) -> ServiceDelivered:
    """The record of a fact with what was wrong in it put right."""
    given = {"record_id": was.record_id, "service": was.service, "day": was.counted_on, **right}
    return delivered(officer or was.employee_id, **given)


async def test_a_corrected_record_counts_as_if_it_had_been_right_at_first(evaluation: Bench) -> None:
    for (was_name, was), (right_name, right) in product(WAS.items(), RIGHT.items()):
        found = []
        for corrected in (False, True):
            officer, colleague = uuid4(), uuid4()
            wrong = was(officer)
            given = {name: value for name, value in right.items() if name != "to_colleague"}
            counts = put_right(wrong, colleague if "to_colleague" in right else officer, **given)
            told = (wrong, revised(wrong, counts)) if corrected else (counts,)
            await tell(evaluation, delivered(officer), delivered(colleague, used=60), *told)
            found.append(await counters(evaluation, officer, colleague))
        assert found[0] == found[1], f"{was_name}; wrong was {right_name}"
    assert await evaluation.pool.fetchval("SELECT count(*) FROM overdue") == 0


async def test_a_cancelled_record_leaves_no_trace(evaluation: Bench) -> None:
    for was in WAS.values():
        record = was(OFFICER)
        await tell(evaluation, record, revised(record, None))

    await tell(evaluation, complaint(OFFICER))
    evidence = Evidence.parse(await evaluation.pool.fetchval("SELECT evidence FROM evaluation_revision"))
    assert (evidence.on_time, evidence.late, evidence.handled, evidence.caps) == ((), (), (), {})


async def test_a_correction_moves_the_score_and_correcting_it_back_gives_the_same_bytes(evaluation: Bench) -> None:
    work = year_of_work(OFFICER, on_time=152, late=48)
    await tell(evaluation, *work)
    await tell(evaluation, complaint(OFFICER))
    right = put_right(work[0], used=10)
    await tell(evaluation, revised(work[0], right), at=LATER)
    await tell(evaluation, revised(right, work[0], revision=2), at=LATER)
    first, moved, back = await evaluation.pool.fetch(REVISIONS)

    assert [event.scores[0].score for event in await completed(evaluation)] == ["63.86", "64.76", "63.86"]
    assert (back["evidence"], back["result"]) == (first["evidence"], first["result"])
    assert moved["as_of"] == NOW, "a correction makes a result no younger"
    again = recompute(moved["evidence"], SCORING)
    assert await evaluation.pool.fetchval("SELECT $1::jsonb::text = $2", again, moved["result"])


async def test_a_need_that_wrong_records_had_shown_is_taken_back_and_can_open_again(evaluation: Bench) -> None:
    work = year_of_work(OFFICER, on_time=152, late=48)
    await tell(evaluation, *work)
    await tell(evaluation, complaint(OFFICER))
    (shown,) = await completed(evaluation)
    wrong = [(record, put_right(record, used=10)) for record in work[:24]]
    for record, right in wrong:
        await tell(evaluation, revised(record, right), at=LATER)
    *_, usual = await completed(evaluation)
    assert (shown.outcome, [need.test for need in shown.needs]) == (Outcome.NEED, ["ktp"])
    assert usual.outcome is Outcome.ISOLATED
    assert [need for event in await completed(evaluation) for need in event.withdrawn] == [shown.needs[0].need_id]
    assert await evaluation.pool.fetchval("SELECT closed_at FROM need") == LATER

    for record, right in wrong:
        await tell(evaluation, revised(right, record, revision=2), at=LATER)
    *_, last = await completed(evaluation)
    told = [event for event in await completed(evaluation) if event.needs]
    assert last.outcome is Outcome.NEED
    assert [event.needs for event in told] == [shown.needs, shown.needs]
    assert await evaluation.pool.fetchval("SELECT closed_at FROM need") is None


async def test_what_one_evaluation_takes_back_another_that_shows_it_opens(evaluation: Bench) -> None:
    """The second opened the need. Records that come late move it to the first, which a correction brings to light."""
    work = year_of_work(OFFICER, on_time=152, late=20)
    days = [date(2026, 7, 16) + timedelta(days=n) for n in range(25)]
    await tell(evaluation, *work, complaint(OFFICER))
    await tell(evaluation, *(delivered(OFFICER, day=day, used=60) for day in days))
    await tell(evaluation, complaint(OFFICER, day=days[-1]), at=NOW + timedelta(days=30))
    first, second = await completed(evaluation)
    assert (len(first.needs), len(second.needs)) == (0, 1)

    await tell(evaluation, *(delivered(OFFICER, day=day) for day in days * 8))
    before = [date(2026, 2, 1) + timedelta(days=n) for n in range(26)]
    await tell(evaluation, *(delivered(OFFICER, day=day, used=60) for day in before))
    await tell(evaluation, revised(work[0], None), at=NOW + timedelta(days=31))
    withdrawn, opened = (await completed(evaluation))[2:]
    assert (withdrawn.evaluation_id, withdrawn.withdrawn) == (second.evaluation_id, (second.needs[0].need_id,))
    assert (opened.evaluation_id, [need.test for need in opened.needs]) == (first.evaluation_id, ["ktp"])
    assert await evaluation.pool.fetchval("SELECT count(*) FROM need WHERE closed_at IS NULL") == 1


async def test_both_officers_are_judged_again_and_nobody_else(evaluation: Bench) -> None:
    record, colleague, stranger = delivered(OFFICER, used=60), uuid4(), uuid4()
    work = [one for officer in (OFFICER, colleague, stranger) for one in year_of_work(officer, on_time=40, late=0)]
    await tell(evaluation, record, *work)
    await tell(evaluation, *(complaint(one) for one in (OFFICER, colleague, stranger)))
    await tell(evaluation, revised(record, put_right(record, colleague, used=60)), at=LATER)

    judged_again = {event.employee_id for event in await completed(evaluation) if event.revision == 2}
    assert judged_again == {OFFICER, colleague}


async def test_an_evaluation_made_before_the_records_day_stays_whatever_came_late(evaluation: Bench) -> None:
    later = delivered(OFFICER, day=date(2026, 7, 16))
    await tell(evaluation, delivered(OFFICER), complaint(OFFICER))
    await tell(evaluation, delivered(OFFICER, used=60), later)
    await tell(evaluation, revised(later, None), at=LATER)

    assert [event.revision for event in await completed(evaluation)] == [1]


async def test_an_evaluation_that_a_correction_changes_nothing_of_stays(evaluation: Bench) -> None:
    counted = delivered(OFFICER)
    await tell(evaluation, counted)
    await tell(evaluation, complaint(OFFICER))
    await tell(evaluation, revised(counted, put_right(counted, unit="kesra")), at=LATER)

    assert [event.revision for event in await completed(evaluation)] == [1]


async def test_a_correction_that_comes_again_counts_once(evaluation: Bench) -> None:
    record = delivered(OFFICER, used=60)
    await tell(evaluation, record, delivered(OFFICER))
    correction = evaluation.record(revised(record, None))
    await evaluation.records([correction])
    await evaluation.records([correction, correction])

    assert await counters(evaluation, OFFICER) == [[(DAY, "ktp", 1, 0, 0)]]
