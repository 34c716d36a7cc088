"""Over HTTP: what waits for a superior, decisions, stand-ins, and who may read."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.evaluation.app import service
from shared.events.complaints import ComplaintWithdrawn
from shared.service import App, web
from tests.services.evaluation.deciding import ACTING, CALENDAR, CAMAT, LONG_AGO, OFFICER, SUPERIOR, evaluated, recorded
from tests.services.evaluation.facts import tell
from tests.support import Bench


class Person:
    """Somebody with a token."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client, self.head = client, {"authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Any:
        return await self.client.get(path, headers=self.head)

    async def post(self, path: str, **body: Any) -> Any:
        return await self.client.post(path, headers={**self.head, "idempotency-key": str(uuid4())}, json=body)

    async def worklist(self, asked: str = "") -> list[tuple[str, str]]:
        items = (await self.get(f"/worklist{asked}")).json()["items"]
        return [(item["kind"], item["due_on"]) for item in items]


@pytest.fixture
async def app(evaluation: Bench, issuer: Stack) -> AsyncIterator[httpx.AsyncClient]:
    settings = evaluation.settings.model_copy(update={"issuer": issuer.issuer, "roles": ("api",)})
    running = App(service, settings, evaluation.pool, evaluation.policies)
    await running.start()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web(running)), base_url="http://evaluation") as client:
        yield client
    for task in running.tasks.values():
        task.cancel()


async def person(app: httpx.AsyncClient, issuer: Stack, subject: UUID | str, *roles: str) -> Person:
    return Person(app, await issuer.token(list(roles), str(subject)))


async def test_a_case_goes_from_worklist_to_worklist(evaluation: Bench, app: httpx.AsyncClient, issuer: Stack) -> None:
    done = await evaluated(evaluation)
    officer = await person(app, issuer, OFFICER, "employee")
    superior = await person(app, issuer, SUPERIOR, "superior")
    camat = await person(app, issuer, CAMAT, "superior")
    path, one = f"/employees/{OFFICER}/evaluations/{done.evaluation_id}", f"/evaluations/{done.evaluation_id}"
    decide_by = CALENDAR.plus(CALENDAR.plus(CALENDAR.local_day(LONG_AGO), 5), 5)
    assert await superior.worklist() == [("decision", str(decide_by))]
    assert await camat.worklist() == []

    assert (await officer.post(f"{path}/replies", revision=1, words="I was alone.")).status_code == 201
    answer = await superior.post(f"{path}/decision", revision=1)
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    assert await superior.worklist() == []

    assert (await officer.post(f"{path}/objection", reasons="I do not agree.")).status_code == 201
    assert [kind for kind, _ in await superior.worklist()] == ["statement"]
    assert [kind for kind, _ in await camat.worklist()] == ["objection"]
    assert await camat.worklist("?kind=decision") == []
    assert (await superior.post(f"{path}/objection/statement", words="I followed the record.")).status_code == 201
    ended = await camat.post(f"{path}/objection/decision", upheld=False, reasons="It stands.")
    assert (ended.status_code, ended.json()["status"]) == (200, "final")
    assert await camat.worklist() == await superior.worklist() == []

    for reader in (officer, superior, camat):
        shown = (await reader.get(one)).json()
        assert [reply["words"] for reply in shown["replies"]] == ["I was alone."]
        assert (shown["decision"]["decided_by"], shown["objection"]["upheld"]) == (str(SUPERIOR), False)
        assert shown["objection"]["answer"] == "It stands."


async def test_a_complaint_that_ended_says_why_it_has_no_evaluation(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    done = await evaluated(evaluation)
    await tell(evaluation, ComplaintWithdrawn(complaint_id=done.complaint_id, employee_id=OFFICER))
    operator = await person(app, issuer, "operator", "operator")
    outcome = (await operator.get(f"/complaints/{done.complaint_id}/evaluation")).json()

    assert (outcome["evaluation_id"], outcome["reason"]) == (None, "complaint withdrawn")


async def test_who_stands_in_sees_the_work_and_the_result(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    done = await evaluated(evaluation)
    await tell(evaluation, recorded(ACTING, CAMAT))
    operator = await person(app, issuer, "operator", "operator")
    acting, superior = [await person(app, issuer, one, "superior") for one in (ACTING, SUPERIOR)]
    one = f"/evaluations/{done.evaluation_id}"
    assert (await acting.get(one)).status_code == 404

    today = str(CALENDAR.local_day(datetime.now(UTC)))
    body = {"holder_id": str(SUPERIOR), "acting_id": str(ACTING), "since": today, "until": today, "reason": "on leave"}
    set_in = await operator.post("/operator/stand-ins", **body)
    assert set_in.status_code == 200
    assert [kind for kind, _ in await acting.worklist()] == ["decision"]
    assert await superior.worklist() == []
    assert (await acting.get(one)).status_code == 200
    listed = (await operator.get(f"/operator/stand-ins?person={ACTING}&on={today}")).json()["items"]
    assert [item["stand_in_id"] for item in listed] == [set_in.json()["stand_in_id"]]
    kept = "SELECT who FROM operator_action WHERE what = 'set stand-in'"
    assert await evaluation.pool.fetchval(kept) == "operator"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"until": "2026-07-01"}, "until"),
        ({"acting_id": str(uuid4())}, "acting_id"),
        ({"acting_id": str(SUPERIOR)}, "acting_id"),
    ],
    ids=["days in the wrong order", "somebody unknown", "the holder"],
)
async def test_a_stand_in_that_can_not_be_names_the_field(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack, wrong: dict[str, str], field: str
) -> None:
    await tell(evaluation, recorded(SUPERIOR, None), recorded(ACTING, None))
    operator = await person(app, issuer, "operator", "operator")
    body = {
        "holder_id": str(SUPERIOR),
        "acting_id": str(ACTING),
        "since": "2026-07-20",
        "until": "2026-07-31",
        "reason": "on leave",
    }
    answer = await operator.post("/operator/stand-ins", **{**body, **wrong})

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


async def test_the_score_of_a_day_has_its_version_lines_and_replies(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    done = await evaluated(evaluation)
    officer = await person(app, issuer, OFFICER, "employee")
    await officer.post(f"/employees/{OFFICER}/evaluations/{done.evaluation_id}/replies", revision=1, words="Alone.")
    shown_on = CALENDAR.local_day(LONG_AGO)
    after = (await officer.get(f"/employees/{OFFICER}/scores?on={shown_on}")).json()
    before = (await officer.get(f"/employees/{OFFICER}/scores?on={shown_on.replace(year=2025)}")).json()
    stranger = await person(app, issuer, uuid4(), "employee", "superior")

    assert (after["evaluation_id"], after["revision"]) == (str(done.evaluation_id), 1)
    assert after["policy_version"] == done.policy_version
    assert [one["score"] for one in after["dimensions"]] == [one.score for one in done.scores]
    assert after["explanation"]["parts"][0]["lines"]
    assert [reply["words"] for reply in after["replies"]] == ["Alone."]
    assert (before["policy_version"], before["dimensions"]) == (None, [])
    assert (await officer.get(f"/employees/{OFFICER}/scores?on=2126-01-01")).status_code == 422
    assert (await stranger.get(f"/employees/{OFFICER}/scores")).status_code == 404
