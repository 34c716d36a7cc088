"""Evidence that people record, praise and completed courses: what is taken, what is refused, and what it does."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.evaluation.api.records import ATTENDANCE, INNOVATION, SCORES
from services.evaluation.model.evidence import Evidence
from services.evaluation.model.records import AttendanceLot, CoachScoreLot, Innovation
from services.evaluation.model.result import Result
from services.evaluation.rules.evaluate import recompute
from services.evaluation.store import recorded as kept
from shared.errors import Problem
from shared.events.evaluation import EvaluationCompleted, NeedClosed
from tests.services.evaluation.facts import DAY, complaint, delivered, praise, recorded, tell, trained, year_of_work
from tests.services.evaluation.policies import SCORING
from tests.support import Bench

OFFICER, OTHER, SUPERIOR = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
REVISIONS = "SELECT evidence, result FROM evaluation_revision ORDER BY as_of, evaluation_id, revision"
CRITERIA = {"novel": 4, "effective": 3, "useful": 4, "easy_to_spread": 3, "sustainable": 4}


async def last(bench: Bench) -> tuple[Evidence, Result]:
    row = (await bench.pool.fetch(REVISIONS))[-1]
    return Evidence.parse(row["evidence"]), Result.parse(row["result"])


def attendance(*months: tuple[UUID, str, list[str]]) -> AttendanceLot:
    items = [{"employee_id": who, "month": month, "absent_on": days} for who, month, days in months]
    return AttendanceLot.model_validate({"items": items})


def scores(*given: tuple[UUID, str, int]) -> CoachScoreLot:
    items = [{"employee_id": who, "scored_on": day, "score": score} for who, day, score in given]
    return CoachScoreLot.model_validate({"items": items})


def innovation(**given: Any) -> Innovation:
    body = {"employee_id": OFFICER, "proposed_on": DAY, "title": "Queue by message", "criteria": CRITERIA, **given}
    return Innovation.model_validate(body)


async def known(bench: Bench) -> None:
    await tell(bench, recorded(OFFICER, superior_id=SUPERIOR), recorded(OTHER, superior_id=SUPERIOR))


async def test_what_was_recorded_is_judged_with_the_next_complaint_and_recomputes(evaluation: Bench) -> None:
    await known(evaluation)
    coaches = [(str(SUPERIOR), 5), ("officer-2", 2)]
    lots = [(scores((OFFICER, "2026-07-01", score)), coach) for coach, score in coaches]
    for lot, coach in lots:
        await evaluation.command(SCORES, lot, principal=coach)
    await evaluation.command(ATTENDANCE, attendance((OFFICER, "2026-07", ["2026-07-14"]), (OTHER, "2026-07", [])))
    await evaluation.command(INNOVATION, innovation(), principal=str(SUPERIOR))
    await tell(evaluation, delivered(OFFICER), praise(OFFICER), complaint(OFFICER))
    evidence, result = await last(evaluation)
    found = {part.part: part.score for part in result.parts}

    assert (evidence.praise, evidence.absent_days, evidence.innovation) == ({"behaviour": 1}, 1, (4, 3, 4, 3, 4))
    assert [(one.part, one.shortfall, one.count) for one in evidence.rated] == [("coach", "0", 1), ("coach", "3/4", 1)]
    assert (found["attendance"], found["innovation"], found["coach"]) == ("95.00", "72.00", "84.42")
    assert {d.dimension: d.score for d in result.dimensions}["innovation"] == "72.00"
    assert recompute(evidence.canonical(), SCORING) == result.canonical()


async def test_what_is_said_again_replaces_and_nobody_else_is_touched(evaluation: Bench) -> None:
    await known(evaluation)
    await evaluation.command(ATTENDANCE, attendance((OFFICER, "2026-07", ["2026-07-13", "2026-07-14"])))
    await evaluation.command(ATTENDANCE, attendance((OFFICER, "2026-07", ["2026-07-13"])))
    for score in (1, 4):
        await evaluation.command(SCORES, scores((OFFICER, "2026-07-01", score)), principal="coach")
    await tell(evaluation, complaint(OFFICER))
    evidence, _ = await last(evaluation)

    assert evidence.absent_days == 1
    assert [one.shortfall for one in evidence.rated] == ["1/4"]
    await tell(evaluation, complaint(OTHER, day=DAY - timedelta(days=1)))
    assert (
        await evaluation.pool.fetchval(
            "SELECT count(*) FROM evaluation_revision WHERE evidence ? 'absent_days' OR evidence ? 'rated'"
        )
        == 1
    )


FUTURE = "2999-07-15"


@pytest.mark.parametrize(
    ("lot", "wrong"),
    [
        (attendance((uuid4(), "2026-07", [])), {"items.0.employee_id": "is no employee that the directory knows"}),
        (attendance((OFFICER, "2999-07", [FUTURE])), {"items.0.month": "is in the future"}),
        (attendance((OFFICER, "2026-07", ["2026-08-03"])), {"items.0.absent_on.0": "is not in the month"}),
        (attendance((OFFICER, "2026-07", ["2026-07-12"])), {"items.0.absent_on.0": "is not a working day"}),
        (attendance((OFFICER, "2026-07", ["2026-07-14"] * 2)), {"items.0.absent_on": "names a day twice"}),
        (attendance((OFFICER, "2026-07", []), (OFFICER, "2026-07", [])), {"items.1.month": "is in this lot twice"}),
    ],
    ids=["unknown", "future", "another month", "a Sunday", "a day twice", "a month twice"],
)
async def test_attendance_that_cannot_be_is_refused_and_nothing_is_kept(
    evaluation: Bench, lot: AttendanceLot, wrong: dict[str, str]
) -> None:
    await known(evaluation)
    with pytest.raises(Problem) as refused:
        await evaluation.command(ATTENDANCE, lot)

    assert wrong.items() <= {error.field: error.problem for error in refused.value.errors}.items()
    assert await evaluation.pool.fetchval("SELECT count(*) FROM attendance") == 0


async def test_nobody_is_their_own_coach_nor_scores_tomorrow(evaluation: Bench) -> None:
    await known(evaluation)
    with pytest.raises(Problem) as refused:
        await evaluation.command(SCORES, scores((OFFICER, FUTURE, 5)), principal=str(OFFICER))

    assert [error.field for error in refused.value.errors] == ["items.0.employee_id", "items.0.scored_on"]


@pytest.mark.parametrize("who", [str(OTHER), "officer-1"])
async def test_only_the_direct_superior_judges_an_innovation(evaluation: Bench, who: str) -> None:
    await known(evaluation)
    with pytest.raises(Problem) as refused:
        await evaluation.command(INNOVATION, innovation(), principal=who)
    assert refused.value.status == 404
    with pytest.raises(Problem) as early:
        await evaluation.command(INNOVATION, innovation(proposed_on=FUTURE), principal=str(SUPERIOR))
    assert [error.field for error in early.value.errors] == ["proposed_on"]
    assert await evaluation.pool.fetchval("SELECT count(*) FROM innovation") == 0


async def test_what_was_recorded_is_listed_the_newest_first_page_by_page(evaluation: Bench) -> None:
    """Weaker: two of one day are skipped or shown twice where a page ends between them."""
    await known(evaluation)
    days = [DAY - timedelta(days=n) for n in (0, 0, 1, 40)]
    for n, day in enumerate(days):
        body = innovation(proposed_on=day, title=f"number {n}")
        await evaluation.command(INNOVATION, body, principal=str(SUPERIOR))
        await evaluation.command(SCORES, scores((OFFICER, str(day), n + 1)), principal=f"coach {n}")
        await evaluation.command(ATTENDANCE, attendance((OFFICER, f"2026-0{n + 1}", [])))
    everything = (None, None)
    found = await kept.innovations(evaluation.pool, OFFICER, everything, everything, 10)
    paged = []
    after: tuple[Any, ...] = everything
    while rows := await kept.innovations(evaluation.pool, OFFICER, after, everything, 1):
        paged += rows
        after = (rows[-1]["proposed_on"], rows[-1]["innovation_id"])
    assert [row["proposed_on"] for row in found] == days
    assert [row["title"] for row in paged] == [row["title"] for row in found]
    month = (DAY - timedelta(days=30), DAY - timedelta(days=1))
    assert len(await kept.innovations(evaluation.pool, OFFICER, everything, month, 10)) == 1
    assert await kept.innovations(evaluation.pool, OTHER, everything, everything, 10) == []
    first = await kept.coach_scores(evaluation.pool, OFFICER, (DAY, "coach 1"), everything, 1)
    assert [row["coach"] for row in first] == ["coach 0"]
    assert [row["score"] for row in await kept.coach_scores(evaluation.pool, OFFICER, everything, month, 9)] == [3]
    months = await kept.attendance(evaluation.pool, OFFICER, (date(2026, 4, 1),), (date(2026, 2, 1), None), 9)
    assert [row["month"].month for row in months] == [3, 2]


async def test_a_completed_course_closes_its_need_once_and_later_evidence_counts(evaluation: Bench) -> None:
    await tell(evaluation, *year_of_work(OFFICER, on_time=152, late=48))
    await tell(evaluation, complaint(OFFICER))
    need = await evaluation.pool.fetchval("SELECT need_id FROM need")
    met = trained(OFFICER, need, on=DAY - timedelta(days=1))
    await tell(evaluation, met, met.model_copy(update={"enrolment_id": uuid4()}), trained(OFFICER, None))
    await tell(evaluation, complaint(OFFICER), complaint(OFFICER, day=DAY - timedelta(days=3)))
    done = [event for event in await evaluation.told() if isinstance(event, EvaluationCompleted)]

    assert await evaluation.told(NeedClosed) == [NeedClosed(need_id=need, employee_id=OFFICER, test="ktp")]
    assert [event.outcome for event in done] == ["need", "isolated", "isolated"]
    assert [len(event.needs) for event in done] == [1, 0, 0]
    assert done[0].scores == done[1].scores, "the score counts the whole window"
    assert await evaluation.pool.fetchval("SELECT sum(jp) FROM learning") == 12, "once an employee and session"


async def test_a_need_that_comes_again_after_it_was_met_is_another_need(evaluation: Bench) -> None:
    await tell(evaluation, *year_of_work(OFFICER, on_time=152, late=48))
    await tell(evaluation, complaint(OFFICER))
    first = await evaluation.pool.fetchval("SELECT need_id FROM need")
    await tell(evaluation, trained(OFFICER, first, on=date(2026, 5, 1)))
    again = [date(2026, 5, 4) + timedelta(days=n) for n in range(30)]
    await tell(evaluation, *(delivered(OFFICER, day=day, used=60) for day in again), complaint(OFFICER))
    told = [need for event in await evaluation.told(EvaluationCompleted) for need in event.needs]  # type: ignore[attr-defined]

    assert [need.test for need in told] == ["ktp", "ktp"]
    assert len({need.need_id for need in told}) == 2
    assert await evaluation.pool.fetchval("SELECT count(*) FROM need WHERE closed_at IS NULL") == 1


async def test_a_course_completed_by_somebody_else_closes_no_need(evaluation: Bench) -> None:
    await tell(evaluation, *year_of_work(OFFICER, on_time=152, late=48))
    await tell(evaluation, complaint(OFFICER))
    need = await evaluation.pool.fetchval("SELECT need_id FROM need")
    await tell(evaluation, trained(OTHER, need))

    assert await evaluation.told(NeedClosed) == []
    assert await evaluation.pool.fetchval("SELECT closed_at FROM need") is None
