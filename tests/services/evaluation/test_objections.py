"""Keberatan: suspended, both heard, decided by the assessor's superior, final."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.evaluation.api import decisions as api
from services.evaluation.model.requests import DecidingObjection, Objecting, Stating
from shared.errors import Problem
from shared.events.evaluation import ObjectionDecided, ObjectionFiled, Outcome, Status
from tests.services.evaluation.deciding import (
    CALENDAR,
    CAMAT,
    OFFICER,
    SUPERIOR,
    about,
    confirmed,
    refused,
    send,
    told,
)
from tests.support import Bench


async def test_an_upheld_objection_sets_the_result_and_takes_the_need_back(evaluation: Bench) -> None:
    done = await confirmed(evaluation)
    answer = await send(evaluation, api.OBJECT, Objecting(**about(done, reasons="The records are wrong.")), OFFICER)
    filed = await told(evaluation, ObjectionFiled)
    assert (answer.status, filed.decides_id) == (Status.SUSPENDED, CAMAT)
    today = CALENDAR.local_day(datetime.now(UTC))
    assert filed.due_on == CALENDAR.plus(today, 14)

    ends = DecidingObjection(**about(done, upheld=True, outcome=Outcome.ISOLATED, reasons="So it is."))
    assert await refused(evaluation, api.DECIDE, ends, CAMAT) == "assessor-unheard"
    await send(evaluation, api.STATE, Stating(**about(done, words="I followed the record.")), SUPERIOR)
    assert await refused(evaluation, api.DECIDE, ends, SUPERIOR) == "not-the-one-who-decides"
    final = await send(evaluation, api.DECIDE, ends, CAMAT)
    event = await told(evaluation, ObjectionDecided)

    assert (final.status, final.outcome, final.needs) == (Status.FINAL, Outcome.ISOLATED, [])
    assert (event.objection_id, event.upheld) == (filed.objection_id, True)
    assert (event.outcome, event.withdrawn) == (Outcome.ISOLATED, (done.needs[0].need_id,))
    assert await refused(evaluation, api.DECIDE, ends, CAMAT) == "state-does-not-allow"


async def test_a_dismissed_objection_leaves_the_result_and_its_needs(evaluation: Bench) -> None:
    done = await confirmed(evaluation)
    await send(evaluation, api.OBJECT, Objecting(**about(done, reasons="I do not agree.")), OFFICER)
    await evaluation.pool.execute("UPDATE objection SET statement_until = current_date - 2")
    await send(evaluation, api.DECIDE, DecidingObjection(**about(done, upheld=False, reasons="It stands.")), CAMAT)
    event = await told(evaluation, ObjectionDecided)

    assert (event.upheld, event.outcome, event.needs, event.withdrawn) == (False, Outcome.NEED, done.needs, ())
    assert await refused(evaluation, api.OBJECT, Objecting(**about(done, reasons="again")), OFFICER) == (
        "state-does-not-allow"
    )


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"upheld": True}, "outcome"), ({"upheld": False, "outcome": Outcome.ISOLATED}, "upheld")],
    ids=["right, and nothing changes", "wrong, and the result changes"],
)
async def test_a_decided_objection_says_what_it_means(evaluation: Bench, sent: dict[str, Any], field: str) -> None:
    done = await confirmed(evaluation)
    await send(evaluation, api.OBJECT, Objecting(**about(done, reasons="I do not agree.")), OFFICER)
    await send(evaluation, api.STATE, Stating(**about(done, words="I do.")), SUPERIOR)
    body = DecidingObjection(**about(done, reasons="So it is.", **sent))
    with pytest.raises(Problem) as problem:
        await evaluation.command(api.DECIDE, body, principal=str(CAMAT))

    assert [error.field for error in problem.value.errors] == [field]


async def test_an_objection_comes_within_its_term_and_only_by_the_officer(evaluation: Bench) -> None:
    done = await confirmed(evaluation)
    body = Objecting(**about(done, reasons="I do not agree."))
    assert await refused(evaluation, api.OBJECT, body, SUPERIOR) == "not-found"

    today = CALENDAR.local_day(datetime.now(UTC))
    await evaluation.pool.execute("UPDATE decision SET objection_until = $1", today - timedelta(days=1))
    assert await refused(evaluation, api.OBJECT, body, OFFICER) == "objection-too-late"
    await evaluation.pool.execute("UPDATE decision SET objection_until = $1", today)
    assert (await send(evaluation, api.OBJECT, body, OFFICER)).status is Status.SUSPENDED
