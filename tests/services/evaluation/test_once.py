"""An officer is told once: of each change of a result, of each weakness, of each need, however many results show it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.evaluation.model.result import PartResult, Result, Test
from services.evaluation.rules.coaching import offers
from shared.events.complaints import ComplaintFiled, Finding, FindingRevised, Visibility
from shared.events.evaluation import CoachingOffered, EvaluationCompleted, Outcome, Status
from tests.services.evaluation.facts import DAY, NOW, complaint, delivered, revised, tell, year_of_work
from tests.services.evaluation.policies import SCORING
from tests.services.evaluation.test_findings import answered, only
from tests.support import Bench

OFFICER = UUID(int=0xA)
LATER = NOW + timedelta(days=3)


async def completed(bench: Bench) -> list[EvaluationCompleted]:
    return [event for event in await bench.told() if isinstance(event, EvaluationCompleted)]


async def five_upheld(bench: Bench, **given: Any) -> list[ComplaintFiled]:
    """Five complaints of five days about a procedure, among 400 services: B = 1.609 x 5 - 4 x 0.32 = 6.76, a need."""
    filed = [complaint(OFFICER, day=DAY - timedelta(days=n), part="procedure", **given) for n in range(5)]
    await tell(bench, *year_of_work(OFFICER, on_time=400, late=0), *filed)
    for n, one in enumerate(filed):
        await tell(bench, answered(one, Finding.UPHELD), at=LATER + timedelta(minutes=n))
    return filed


def unfounded(one: ComplaintFiled) -> FindingRevised:
    return FindingRevised(**answered(one, Finding.REJECTED).model_dump())


async def test_five_upheld_and_one_unfounded_after_all_is_told_once_each_time(evaluation: Bench) -> None:
    filed = await five_upheld(evaluation)
    upheld = await completed(evaluation)
    assert [one.revision for one in upheld] == [1] * 5 + [2] * 5, "each result, and each again once it was answered"
    assert [one.outcome for one in upheld[5:]] == [Outcome.INCONCLUSIVE] * 2 + [Outcome.WATCH] * 2 + [Outcome.NEED]
    assert all(one.news for one in upheld)

    await tell(evaluation, unfounded(filed[-1]), at=LATER + timedelta(days=1))
    moved = (await completed(evaluation))[10:]
    (need,) = upheld[-1].needs
    assert {one.evaluation_id for one in moved} == {one.evaluation_id for one in upheld}
    assert [(one.evaluation_id, one.withdrawn) for one in moved if one.news] == [
        (upheld[-1].evaluation_id, (need.need_id,))
    ], "the result that showed the need speaks for all that rested on the complaint"
    assert {one.outcome for one in moved} == {Outcome.WATCH}

    every = await completed(evaluation)
    assert (len(every), sum(one.news for one in every)) == (15, 11)
    assert [one.test for event in every for one in event.needs] == ["procedure"]
    offered = await only(evaluation, CoachingOffered)
    assert (offered.evaluation_id, offered.tests) == (upheld[7].evaluation_id, ("procedure",))


async def test_an_offer_of_coaching_stands_whatever_becomes_of_its_result(evaluation: Bench) -> None:
    """Weaker: it is offered anew once the watch is back, and reads like a second remark about the same weakness."""
    late = year_of_work(OFFICER, on_time=160, late=40)[:15]
    punctual = [delivered(OFFICER, record_id=one.record_id, day=one.counted_on) for one in late]
    await tell(evaluation, *year_of_work(OFFICER, on_time=160, late=25), *late, complaint(OFFICER))
    for revision, was, counts, outcome in (
        (1, late, punctual, Outcome.ISOLATED),
        (2, punctual, late, Outcome.WATCH),
    ):
        await tell(evaluation, *(revised(*pair, revision) for pair in zip(was, counts, strict=True)), at=LATER)
        assert (await completed(evaluation))[-1].outcome is outcome
    assert len(await evaluation.told(CoachingOffered)) == 1


async def test_what_is_upheld_of_a_decided_result_is_judged_in_the_last_one_that_is_open(evaluation: Bench) -> None:
    filed = [complaint(OFFICER, day=DAY - timedelta(days=n)) for n in range(3)]
    await tell(evaluation, *year_of_work(OFFICER, on_time=400, late=0))
    for n, one in enumerate(filed):
        await tell(evaluation, one, at=NOW + timedelta(hours=n))
    first, second, third = await completed(evaluation)
    decided = "UPDATE evaluation SET status = 'confirmed' WHERE evaluation_id = $1"
    await evaluation.pool.execute(decided, second.evaluation_id)

    await tell(evaluation, answered(filed[0], Finding.UPHELD), at=LATER)
    await tell(evaluation, answered(filed[1], Finding.UPHELD), at=LATER)
    assert [one.evaluation_id for one in (await completed(evaluation))[3:]] == [
        first.evaluation_id,
        third.evaluation_id,
    ]


async def test_what_weighs_nothing_any_more_is_taken_out_of_all_that_is_open(evaluation: Bench) -> None:
    filed = [complaint(OFFICER, day=DAY - timedelta(days=n)) for n in range(2)]
    await tell(evaluation, *year_of_work(OFFICER, on_time=400, late=0), *filed)
    await tell(evaluation, answered(filed[0], Finding.NOT_JUDGED), at=LATER)

    counted = """SELECT DISTINCT jsonb_array_length(evidence->'incidents') FROM evaluation
        JOIN evaluation_revision USING (evaluation_id, revision)"""
    assert [row[0] for row in await evaluation.pool.fetch(counted)] == [1]


async def test_a_complaint_that_joins_and_changes_nothing_is_examined_and_no_news(evaluation: Bench) -> None:
    await tell(evaluation, delivered(OFFICER), *(complaint(OFFICER) for _ in range(3)))

    every = await completed(evaluation)
    assert [(one.revision, one.news) for one in every] == [(1, True), (2, False), (3, False)]
    assert len({one.complaint_id for one in every}) == 3


async def test_one_correction_that_moves_several_results_is_one_letter(evaluation: Bench) -> None:
    work = year_of_work(OFFICER, on_time=152, late=48)
    await tell(evaluation, *work)
    await tell(evaluation, *(complaint(OFFICER, day=DAY - timedelta(days=n)) for n in range(3)))
    await tell(evaluation, revised(work[0], None), at=LATER)

    assert [one.news for one in await completed(evaluation) if one.revision == 2] == [True, False, False]


async def test_a_protected_reporters_result_speaks_for_itself(evaluation: Bench) -> None:
    """Its letter waits for the collection: that of the open one does not."""
    work = year_of_work(OFFICER, on_time=152, late=48)
    seen = (Visibility.OPEN, Visibility.ANONYMOUS)
    filed = [complaint(OFFICER, day=DAY - timedelta(days=n), visibility=one) for n, one in enumerate(seen)]
    await tell(evaluation, *work, *filed)
    await tell(evaluation, revised(work[0], None), at=LATER)

    assert [(one.visibility, one.news) for one in await completed(evaluation) if one.revision == 2] == [
        (one, True) for one in seen
    ]


async def test_a_decided_result_that_a_correction_opens_again_is_told_though_it_says_the_same(
    evaluation: Bench,
) -> None:
    first, second = complaint(OFFICER), complaint(OFFICER)
    await tell(evaluation, *year_of_work(OFFICER, on_time=40, late=0), first, second)
    await evaluation.pool.execute("UPDATE evaluation SET status = 'confirmed'")
    await tell(evaluation, answered(second, Finding.REJECTED), at=LATER)

    *_, last = await completed(evaluation)
    assert (last.revision, last.status, last.news) == (3, Status.PROVISIONAL, True)


def watching(*tests: str) -> Result:
    found = tuple(Test(name=name, observed="9", expected="3", items=40, balance="3.24", enough=True) for name in tests)
    part = PartResult(part="timeliness", score="70.00", items=40, tests=found, lines=())
    return Result(policy_version="1", outcome=Outcome.WATCH, parts=(part,), dimensions=(), needs=())


@pytest.mark.parametrize(
    ("offered", "restarts", "expected"),
    [
        ({}, {}, ("ktp", "skck")),
        ({"ktp": date(2026, 7, 1)}, {}, ("skck",)),
        ({"ktp": date(2025, 10, 1)}, {}, ("skck",)),
        ({"ktp": date(2025, 9, 30)}, {}, ("ktp", "skck")),
        ({"ktp": date(2026, 2, 1)}, {"ktp": date(2026, 2, 1)}, ("ktp", "skck")),
        ({"ktp": date(2026, 2, 2)}, {"ktp": date(2026, 2, 1)}, ("skck",)),
    ],
    ids=["never", "this quarter", "in the window", "before the window", "treated since", "after the treatment"],
)
def test_coaching_is_offered_again_only_for_other_evidence(
    offered: dict[str, date], restarts: dict[str, date], expected: tuple[str, ...]
) -> None:
    assert offers(watching("ktp", "skck"), SCORING, DAY, offered=offered, restarts=restarts) == expected
