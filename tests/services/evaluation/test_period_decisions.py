"""The predicate of a closed period: proposed by the machine, set by a person, objected to, and then final."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.api import predicates as api
from services.evaluation.model.decisions import DecisionPolicy, Objection
from services.evaluation.model.periods import PeriodCase, PredicateDecision
from services.evaluation.model.requests import (
    DecidingPredicate,
    DecidingPredicateObjection,
    ObjectingToPredicate,
    PredicateStanding,
    StatingOnPredicate,
)
from services.evaluation.rules.predicates import settle, settle_objection
from services.evaluation.rules.worklist import Kind, waiting_of_period
from shared.errors import Problem
from shared.events.evaluation import (
    PeriodAssessed,
    PeriodDecided,
    PeriodObjectionDecided,
    PeriodObjectionFiled,
    Predicate,
    Status,
)
from shared.messaging.requests import Command
from tests.services.evaluation.deciding import ACTING, CALENDAR, CAMAT, OFFICER, STAND_IN, SUPERIOR, recorded, refused
from tests.services.evaluation.facts import complaint, delivered, tell
from tests.services.evaluation.policies import DECISIONS
from tests.services.evaluation.test_periods import opened
from tests.support import Bench

PROPOSED = "SELECT proposal->>'proposed' FROM assessment WHERE assessment_id = $1"
predicates = st.sampled_from(Predicate)


@given(st.none() | predicates, st.none() | predicates, st.none() | st.just("because"))
def test_another_predicate_than_the_proposed_one_takes_reasons_and_none_is_never_kept(
    proposed: Predicate | None, asked: Predicate | None, reasons: str | None
) -> None:
    counts = asked or proposed
    field = "predicate" if counts is None else "reasons" if counts is not proposed and not reasons else None
    assert (wrong := field_of(lambda: settle(proposed, asked, reasons))) == field
    assert wrong or settle(proposed, asked, reasons) is counts


@given(predicates, st.booleans(), st.none() | predicates)
def test_an_objection_that_is_upheld_gives_another_predicate_and_a_dismissed_one_leaves_it(
    standing: Predicate, upheld: bool, asked: Predicate | None
) -> None:
    same = asked in (None, standing)
    field = {(True, True): "predicate", (False, False): "upheld"}.get((upheld, same))
    assert (wrong := field_of(lambda: settle_objection(standing, upheld, asked))) == field
    assert wrong or settle_objection(standing, upheld, asked) is (asked or standing)


def field_of(rule: Callable[[], Predicate]) -> str | None:
    """The field that a rule refuses; none where it does not."""
    try:
        rule()
    except Problem as problem:
        return problem.errors[0].field
    return None


async def closed(bench: Bench) -> dict[UUID, PeriodAssessed]:
    """The quarter of today, closed: the officer has a predicate proposed, of the superior nothing is known."""
    await tell(bench, recorded(OFFICER, SUPERIOR), recorded(SUPERIOR, CAMAT), recorded(CAMAT, None))
    quarter = await opened(bench)
    inside = quarter.since + timedelta(days=1)
    await tell(bench, *(delivered(OFFICER, day=inside) for _ in range(20)))
    behaviour = {"part": "behaviour", "category": "improper_conduct", "day": inside}
    await tell(bench, complaint(OFFICER, **behaviour), at=CALENDAR.end_of(inside))
    await bench.timers(CALENDAR.end_of(CALENDAR.plus(quarter.until, DECISIONS.close_after_working_days)))
    told = [one for one in await bench.told() if isinstance(one, PeriodAssessed) and one.period == quarter.period]
    return {one.employee_id: one for one in told}


def about(one: PeriodAssessed, **sent: Any) -> dict[str, Any]:
    return {"employee_id": one.employee_id, "assessment_id": one.assessment_id, **sent}


async def send(bench: Bench, command: Command, body: Any, by: UUID) -> PredicateStanding:
    _, answer = await bench.command(command, body, principal=str(by))
    return PredicateStanding.model_validate_json(answer)


async def told(bench: Bench, kind: type[Any]) -> Any:
    (event,) = await bench.told(kind)
    return event


async def test_the_superior_confirms_what_is_proposed_once(evaluation: Bench) -> None:
    mine = (await closed(evaluation))[OFFICER]
    proposed = await evaluation.pool.fetchval(PROPOSED, mine.assessment_id)
    answer = await send(evaluation, api.DECIDE, DecidingPredicate(**about(mine)), SUPERIOR)
    event = await told(evaluation, PeriodDecided)

    assert (answer.status, answer.predicate, answer.period) == (Status.CONFIRMED, proposed, mine.period)
    assert (event.predicate, event.decided_by, event.adjusted) == (proposed, SUPERIOR, False)
    assert event.key == mine.key, "what is told of a period and officer stays in order"
    today = CALENDAR.local_day(datetime.now(UTC))
    assert event.objection_until == today + timedelta(days=14), "PP 30/2019 art. 59"
    assert await refused(evaluation, api.DECIDE, DecidingPredicate(**about(mine)), SUPERIOR) == "state-does-not-allow"


async def test_another_predicate_needs_reasons_and_the_proposal_stays_beside_it(evaluation: Bench) -> None:
    mine = (await closed(evaluation))[OFFICER]
    proposed = await evaluation.pool.fetchval(PROPOSED, mine.assessment_id)
    asked = about(mine, predicate=Predicate.CUKUP)
    with pytest.raises(Problem) as problem:
        await evaluation.command(api.DECIDE, DecidingPredicate(**asked), principal=str(SUPERIOR))
    assert [error.field for error in problem.value.errors] == ["reasons"]
    assert await evaluation.told(PeriodDecided) == []

    await send(evaluation, api.DECIDE, DecidingPredicate(**asked, reasons="Three teams waited for it."), SUPERIOR)
    event = await told(evaluation, PeriodDecided)
    assert (event.predicate, event.adjusted) == (Predicate.CUKUP, True)
    assert await evaluation.pool.fetchval(PROPOSED, mine.assessment_id) == proposed != Predicate.CUKUP


async def test_where_nothing_could_be_proposed_a_person_names_a_predicate(evaluation: Bench) -> None:
    one = (await closed(evaluation))[SUPERIOR]
    with pytest.raises(Problem) as problem:
        await evaluation.command(api.DECIDE, DecidingPredicate(**about(one)), principal=str(CAMAT))
    assert [error.field for error in problem.value.errors] == ["predicate"]
    asked = about(one, predicate=Predicate.BAIK, reasons="The section ran well, as its heads report.")
    assert (await send(evaluation, api.DECIDE, DecidingPredicate(**asked), CAMAT)).predicate is Predicate.BAIK


async def test_nobody_else_decides_nor_under_another_name(evaluation: Bench) -> None:
    mine = (await closed(evaluation))[OFFICER]
    for other in (OFFICER, CAMAT, uuid4()):
        assert await refused(evaluation, api.DECIDE, DecidingPredicate(**about(mine)), other) == "not-the-assessor"
    elsewhere = DecidingPredicate(employee_id=SUPERIOR, assessment_id=mine.assessment_id)
    assert await refused(evaluation, api.DECIDE, elsewhere, SUPERIOR) == "not-found"


@pytest.mark.parametrize(("acting", "decides"), [(ACTING, ACTING), (None, CAMAT)], ids=["acting", "vacant"])
async def test_who_stands_in_decides_or_the_next_level(evaluation: Bench, acting: UUID | None, decides: UUID) -> None:
    mine = (await closed(evaluation))[OFFICER]
    await evaluation.pool.execute(STAND_IN, SUPERIOR, acting)
    assert await refused(evaluation, api.DECIDE, DecidingPredicate(**about(mine)), SUPERIOR) == "not-the-assessor"
    assert (await send(evaluation, api.DECIDE, DecidingPredicate(**about(mine)), decides)).status is Status.CONFIRMED


async def test_silence_sets_no_predicate_as_shipped_and_the_proposed_one_where_policy_says_so(
    evaluation: Bench,
) -> None:
    known: Any = evaluation.policies.known
    numbers = {"silence": DECISIONS.silence.model_copy(update={"period_working_days": 15})}
    shipped, silent = known["decisions"], DECISIONS.model_copy(update=numbers)
    assert all(one.silence.period_working_days is None for one in shipped)
    known["decisions"] = (silent,)
    mine = (await closed(evaluation))[OFFICER]
    silence = "SELECT due FROM timer WHERE name = 'period silence' AND subject LIKE $1 || '%'"
    due = await evaluation.pool.fetchval(silence, str(mine.assessment_id))
    await evaluation.timers(due - timedelta(seconds=1))
    assert await evaluation.told(PeriodDecided) == []
    await evaluation.timers(due)
    decided = [one for one in await evaluation.told() if isinstance(one, PeriodDecided)]
    assert {one.employee_id for one in decided} == {OFFICER}, "of whom nothing is proposed a person names it"
    (event,) = [one for one in decided if one.period == mine.period]
    assert (event.employee_id, event.decided_by, event.adjusted) == (OFFICER, None, False)
    assert event.predicate == await evaluation.pool.fetchval(PROPOSED, mine.assessment_id)


async def test_silence_changes_nothing_that_a_person_decided(evaluation: Bench) -> None:
    mine = (await closed(evaluation))[OFFICER]
    await send(evaluation, api.DECIDE, DecidingPredicate(**about(mine)), SUPERIOR)
    overdue = "INSERT INTO timer (name, subject, due) VALUES ('period silence', $1, now())"
    await evaluation.pool.execute(overdue, f"{mine.assessment_id} {OFFICER}")
    assert await evaluation.timers() == 1
    assert len(await evaluation.told(PeriodDecided)) == 1
    assert await evaluation.pool.fetchval("SELECT count(*) FROM timer WHERE name = 'period silence'") == 0


def test_silence_can_not_come_before_the_superiors_time_is_over() -> None:
    body = DECISIONS.model_dump(mode="json")
    body["silence"]["period_working_days"] = DECISIONS.decide_period_working_days - 1
    with pytest.raises(ValueError, match="nobody was late yet"):
        DecisionPolicy.model_validate(body)


async def test_an_objection_suspends_both_are_heard_and_the_next_level_has_the_last_word(evaluation: Bench) -> None:
    mine = (await closed(evaluation))[OFFICER]
    objecting = ObjectingToPredicate(**about(mine, reasons="Half of that quarter I worked elsewhere."))
    assert await refused(evaluation, api.OBJECT, objecting, OFFICER) == "state-does-not-allow"
    low = DecidingPredicate(**about(mine, predicate=Predicate.KURANG, reasons="Too slow."))
    await send(evaluation, api.DECIDE, low, SUPERIOR)
    assert await refused(evaluation, api.OBJECT, objecting, SUPERIOR) == "not-found"
    answer = await send(evaluation, api.OBJECT, objecting, OFFICER)
    filed = await told(evaluation, PeriodObjectionFiled)
    assert (answer.status, answer.predicate, filed.decides_id) == (Status.SUSPENDED, Predicate.KURANG, CAMAT)
    assert filed.due_on == CALENDAR.plus(CALENDAR.local_day(datetime.now(UTC)), 14)

    right = about(mine, upheld=True, predicate=Predicate.BAIK, reasons="So it is.")
    ends = DecidingPredicateObjection(**right)
    assert await refused(evaluation, api.END, ends, CAMAT) == "assessor-unheard"
    stating = StatingOnPredicate(**about(mine, words="The roster has him here."))
    assert await refused(evaluation, api.STATE, stating, CAMAT) == "not-the-assessor"
    await send(evaluation, api.STATE, stating, SUPERIOR)
    assert await refused(evaluation, api.END, ends, SUPERIOR) == "not-the-one-who-decides"
    final = await send(evaluation, api.END, ends, CAMAT)
    event = await told(evaluation, PeriodObjectionDecided)
    assert (final.status, final.predicate) == (Status.FINAL, Predicate.BAIK)
    assert (event.objection_id, event.upheld, event.predicate) == (filed.objection_id, True, Predicate.BAIK)
    assert await refused(evaluation, api.OBJECT, objecting, OFFICER) == "state-does-not-allow"


async def test_an_objection_comes_within_its_term(evaluation: Bench) -> None:
    mine = (await closed(evaluation))[OFFICER]
    await send(evaluation, api.DECIDE, DecidingPredicate(**about(mine)), SUPERIOR)
    today = CALENDAR.local_day(datetime.now(UTC))
    objecting = ObjectingToPredicate(**about(mine, reasons="I do not agree."))
    await evaluation.pool.execute("UPDATE predicate_decision SET objection_until = $1", today - timedelta(days=1))
    assert await refused(evaluation, api.OBJECT, objecting, OFFICER) == "objection-too-late"
    await evaluation.pool.execute("UPDATE predicate_decision SET objection_until = $1", today)
    assert (await send(evaluation, api.OBJECT, objecting, OFFICER)).status is Status.SUSPENDED


def test_what_waits_about_a_period_waits_for_one_person_until_its_day() -> None:
    now, line = datetime(2026, 7, 8, tzinfo=UTC), (SUPERIOR, CAMAT)
    due, heard = now.date() + timedelta(days=14), now.date() + timedelta(days=7)
    objection = Objection(UUID(int=1), now, "no", heard, due, None, None)
    decision = PredicateDecision(SUPERIOR, Predicate.CUKUP, due)

    def waits(status: Status, objection: Objection | None = None) -> list[tuple[Kind, UUID | None]]:
        decided = None if status is Status.PROVISIONAL else decision
        case = PeriodCase(UUID(int=2), "2026-Q2", OFFICER, now, status, Predicate.BAIK, decided, objection)
        return [(one.kind, one.person_id) for one in waiting_of_period(case, line, due)]

    assert waits(Status.PROVISIONAL) == [(Kind.DECISION, SUPERIOR)]
    assert waits(Status.CONFIRMED) == []
    assert waits(Status.SUSPENDED, objection) == [(Kind.STATEMENT, SUPERIOR), (Kind.OBJECTION, CAMAT)]
    assert waits(Status.FINAL, objection) == []
