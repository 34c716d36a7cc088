"""Reply, confirmation and silence: who decides, in which state, and what follows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.evaluation.api import decisions as api
from services.evaluation.model.requests import Deciding, Replying
from shared.errors import Problem
from shared.events.complaints import ComplaintLinked
from shared.events.evaluation import EvaluationConfirmed, Outcome, Status
from tests.services.evaluation.deciding import (
    ACTING,
    CALENDAR,
    CAMAT,
    LONG_AGO,
    OFFICER,
    STAND_IN,
    SUPERIOR,
    about,
    confirming,
    evaluated,
    refused,
    send,
    told,
)
from tests.services.evaluation.facts import complaint, tell
from tests.services.evaluation.policies import DECISIONS
from tests.support import Bench


async def test_the_superior_confirms_and_the_needs_stay(evaluation: Bench) -> None:
    done = await evaluated(evaluation)
    answer = await send(evaluation, api.CONFIRM, confirming(done), SUPERIOR)
    event = await told(evaluation, EvaluationConfirmed)

    assert (answer.status, answer.outcome, answer.needs) == (Status.CONFIRMED, Outcome.NEED, ["ktp"])
    assert (event.confirmed_by, event.adjusted, event.needs, event.withdrawn) == (SUPERIOR, False, done.needs, ())
    assert await evaluation.pool.fetchval("SELECT status FROM evaluation") == "confirmed"


async def test_adjusting_drops_the_need_and_keeps_the_computed_result(evaluation: Bench) -> None:
    done = await evaluated(evaluation)
    body = confirming(done, outcome=Outcome.ISOLATED, reasons="The printer was broken for weeks.")
    await send(evaluation, api.CONFIRM, body, SUPERIOR)
    event = await told(evaluation, EvaluationConfirmed)

    assert (event.adjusted, event.outcome, event.needs) == (True, Outcome.ISOLATED, ())
    assert event.withdrawn == (done.needs[0].need_id,)
    assert await evaluation.pool.fetchval("SELECT count(*) FROM need WHERE closed_at IS NULL") == 0
    assert await evaluation.pool.fetchval("SELECT outcome FROM evaluation_revision") == "need"


async def test_adjusting_can_add_a_need_of_a_test_of_the_result(evaluation: Bench) -> None:
    done = await evaluated(evaluation, late=24)
    assert done.needs == ()
    body = confirming(done, outcome=Outcome.NEED, needs=["delay"], reasons="I see it every day.")
    await send(evaluation, api.CONFIRM, body, SUPERIOR)
    event = await told(evaluation, EvaluationConfirmed)

    assert [(need.test, need.part, need.dimension) for need in event.needs] == [("delay", "delay", "discipline")]
    assert await evaluation.pool.fetchval("SELECT need_id FROM need") == event.needs[0].need_id


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"outcome": Outcome.ISOLATED}, "reasons"),
        ({"outcome": Outcome.ISOLATED, "needs": ["ktp"], "reasons": "because"}, "needs"),
        ({"needs": ["skck"], "reasons": "because"}, "needs"),
    ],
    ids=["adjusted without reasons", "a need without the outcome", "a test that was not made"],
)
async def test_a_decision_that_can_not_be_names_the_field(evaluation: Bench, sent: dict[str, Any], field: str) -> None:
    done = await evaluated(evaluation)
    with pytest.raises(Problem) as problem:
        await evaluation.command(api.CONFIRM, confirming(done, **sent), principal=str(SUPERIOR))

    assert [error.field for error in problem.value.errors] == [field]
    assert await evaluation.told(EvaluationConfirmed) == []


async def test_the_officer_is_heard_before_the_superior_decides(evaluation: Bench) -> None:
    done = await evaluated(evaluation, at=datetime.now(UTC))
    assert await refused(evaluation, api.CONFIRM, confirming(done), SUPERIOR) == "reply-window-open"

    await send(evaluation, api.REPLY, Replying(**about(done, revision=1, words="I was alone at the counter.")), OFFICER)
    assert (await send(evaluation, api.CONFIRM, confirming(done), SUPERIOR)).status is Status.CONFIRMED


async def test_a_result_is_decided_once_and_by_its_latest_revision(evaluation: Bench) -> None:
    done = await evaluated(evaluation)
    await tell(evaluation, complaint(OFFICER, category="undue_delay", day=LONG_AGO.date()), at=LONG_AGO)
    assert await refused(evaluation, api.CONFIRM, confirming(done), SUPERIOR) == "revision-outdated"

    latest = done.model_copy(update={"revision": 2})
    await send(evaluation, api.CONFIRM, confirming(latest), SUPERIOR)
    assert await refused(evaluation, api.CONFIRM, confirming(latest), SUPERIOR) == "state-does-not-allow"
    late_reply = Replying(**about(done, revision=2, words="But ..."))
    assert await refused(evaluation, api.REPLY, late_reply, OFFICER) == "state-does-not-allow"


async def test_nobody_else_replies_or_decides(evaluation: Bench) -> None:
    done = await evaluated(evaluation)
    for other in (OFFICER, CAMAT, uuid4()):
        assert await refused(evaluation, api.CONFIRM, confirming(done), other) == "not-the-assessor"
    assert await refused(evaluation, api.REPLY, Replying(**about(done, revision=1, words="not me")), SUPERIOR) == (
        "not-found"
    )
    elsewhere = Deciding(employee_id=CAMAT, evaluation_id=done.evaluation_id, revision=1)
    assert await refused(evaluation, api.CONFIRM, elsewhere, SUPERIOR) == "not-found"


@pytest.mark.parametrize(("acting", "decides"), [(ACTING, ACTING), (None, CAMAT)], ids=["acting", "vacant"])
async def test_who_stands_in_decides_or_the_next_level(evaluation: Bench, acting: UUID | None, decides: UUID) -> None:
    done = await evaluated(evaluation)
    await evaluation.pool.execute(STAND_IN, SUPERIOR, acting)
    assert await refused(evaluation, api.CONFIRM, confirming(done), SUPERIOR) == "not-the-assessor"

    assert (await send(evaluation, api.CONFIRM, confirming(done), decides)).status is Status.CONFIRMED


async def test_a_superior_whom_the_incident_concerns_does_not_decide(evaluation: Bench) -> None:
    done = await evaluated(evaluation)
    about_superior = complaint(SUPERIOR)
    linked = ComplaintLinked(complaint_id=about_superior.complaint_id, employee_id=SUPERIOR, to_id=done.complaint_id)
    await tell(evaluation, about_superior, linked)
    assert await refused(evaluation, api.CONFIRM, confirming(done), SUPERIOR) == "not-the-assessor"

    assert (await send(evaluation, api.CONFIRM, confirming(done), CAMAT)).status is Status.CONFIRMED


async def test_silence_confirms_only_what_policy_names_and_only_in_the_end(evaluation: Bench) -> None:
    now = datetime.now(UTC)
    await evaluated(evaluation, at=now)
    await tell(evaluation, complaint(OFFICER, category="procedure", part="procedure", day=now.date()), at=now)
    ends = CALENDAR.end_of(CALENDAR.plus(CALENDAR.local_day(now), DECISIONS.silence.working_days))
    await evaluation.timers(ends - timedelta(seconds=1))
    assert await evaluation.told(EvaluationConfirmed) == []

    await evaluation.timers(ends)
    event = await told(evaluation, EvaluationConfirmed)
    assert (event.confirmed_by, event.adjusted) == (None, False)
    rows = await evaluation.pool.fetch("SELECT category, status FROM evaluation JOIN complaint USING (complaint_id)")
    assert {tuple(row) for row in rows} == {("undue_delay", "confirmed"), ("procedure", "provisional")}


async def test_a_revision_begins_the_time_of_silence_anew(evaluation: Bench) -> None:
    now = datetime.now(UTC)
    await evaluated(evaluation, at=now)
    later = now + timedelta(days=7)
    await tell(evaluation, complaint(OFFICER, category="undue_delay", day=now.date()), at=later)
    await evaluation.timers(CALENDAR.end_of(CALENDAR.plus(CALENDAR.local_day(now), DECISIONS.silence.working_days)))

    assert await evaluation.told(EvaluationConfirmed) == []
