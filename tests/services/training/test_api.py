"""What is offered to all, and what only the employee and operators see."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.training.app import service
from shared.errors import SetupError
from shared.events.complaints import Visibility
from shared.service import App, web
from tests.servers import Database
from tests.services.training.given import KTP, about, completed
from tests.support import Bench


@pytest.fixture
async def app(database: Database, issuer: Stack) -> AsyncIterator[App]:
    url = await database("training")
    made = await App.open(service, service.settings(database_url=url, kafka="", issuer=issuer.issuer, roles=("api",)))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(web(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://training") as made:
        yield made


async def bearer(issuer: Stack, role: str, sub: UUID) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issuer.token([role], str(sub))}"}


async def enrolled(app: App, employee: UUID, visibility: Visibility = Visibility.OPEN) -> str:
    bench = Bench(service, app.settings, app.pool, app.policies)
    await bench.events([completed(KTP, employee=employee, visibility=visibility)])
    (told,) = await about(bench)
    return str(told.key)


async def test_anybody_sees_the_courses_and_the_free_seats_but_not_who_sits_in_them(
    client: httpx.AsyncClient, app: App
) -> None:
    employee = uuid4()
    before = (await client.get("/sessions")).json()["items"]
    await enrolled(app, employee)
    sessions = await client.get("/sessions")
    assert sum(s["free"] for s in before) - sum(s["free"] for s in sessions.json()["items"]) == 1
    assert str(employee) not in sessions.text
    assert {course["code"] for course in (await client.get("/courses")).json()["items"]} >= {
        s["course"] for s in before
    }


async def test_an_employee_sees_their_own_enrolments_and_nobody_elses(
    client: httpx.AsyncClient, app: App, issuer: Stack
) -> None:
    employee = uuid4()
    enrolment = await enrolled(app, employee)
    mine, theirs = await bearer(issuer, "employee", employee), await bearer(issuer, "employee", uuid4())
    (found,) = (await client.get(f"/employees/{employee}/enrolments", headers=mine)).json()["items"]
    assert found == (await client.get(f"/enrolments/{enrolment}", headers=mine)).json()
    assert (found["state"], found["test"]) == ("enrolled", "ktp")
    for path in (f"/employees/{employee}/enrolments", f"/enrolments/{enrolment}"):
        assert (await client.get(path, headers=theirs)).status_code == 404
        assert (await client.get(path)).status_code == 401


async def test_what_follows_a_hidden_reporter_is_seen_by_operators_only_until_the_next_opening(
    client: httpx.AsyncClient, app: App, issuer: Stack
) -> None:
    employee = uuid4()
    enrolment = await enrolled(app, employee, Visibility.CONFIDENTIAL)
    mine, operator = await bearer(issuer, "employee", employee), await bearer(issuer, "operator", uuid4())
    assert (await client.get(f"/enrolments/{enrolment}", headers=mine)).status_code == 404
    assert (await client.get(f"/employees/{employee}/enrolments", headers=mine)).json()["items"] == []
    assert (await client.get(f"/enrolments/{enrolment}", headers=operator)).status_code == 200


async def test_a_process_does_not_start_where_a_loaded_catalogue_was_changed(app: App) -> None:
    await app.pool.execute("UPDATE catalogue SET checksum = 'of something else'")
    with pytest.raises(SetupError, match="was changed"):
        await App.open(service, app.settings)


async def test_each_route_does_for_its_role_what_its_verb_does(
    client: httpx.AsyncClient, app: App, issuer: Stack
) -> None:
    """Over HTTP: a session is scheduled, taken, listed, given back and cancelled; a lot in it is refused by field."""
    employee = uuid4()
    mine, operator = await bearer(issuer, "employee", employee), await bearer(issuer, "operator", uuid4())
    trainer = await bearer(issuer, "officer", uuid4())
    asked = {"course": "pelayanan-prima", "starts_at": "2020-01-01T08:00:00Z", "place": "Aula", "seats": -1}
    refused = await post(client, "/sessions", operator, asked)
    assert [error["field"] for error in refused.json()["errors"]] == ["seats"]
    refused = await post(client, "/sessions", operator, {**asked, "seats": 3, "course": "unknown"})
    assert [error["field"] for error in refused.json()["errors"]] == ["course", "starts_at"]
    starts_at = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert (await post(client, "/sessions", mine, asked)).status_code == 403
    session = (await post(client, "/sessions", operator, {**asked, "seats": 3, "starts_at": starts_at})).json()
    path = f"/sessions/{session['session_id']}"
    taken = await post(client, f"{path}/enrolments", mine)
    assert (taken.status_code, taken.json()["state"], taken.json()["need_id"]) == (201, "enrolled", None)
    hours = (await client.get(f"/employees/{employee}/learning", headers=mine)).json()
    assert (hours["booked"], hours["status"]) == (5, "pns")
    (sits,) = (await client.get(f"{path}/participants", headers=trainer)).json()["items"]
    assert sits == {"employee_id": str(employee), "state": "enrolled"}
    (seen,) = (await client.get("/enrolments", params={"session_id": session["session_id"]}, headers=operator)).json()[
        "items"
    ]
    assert seen == taken.json()
    lot = {"results": [{"employee_id": str(employee), "attended": True}]}
    assert (await post(client, f"{path}/results", trainer, lot)).status_code == 409
    left = await post(client, f"/enrolments/{seen['enrolment_id']}/cancel", mine)
    assert (left.status_code, left.json()["reason"]) == (200, "by the employee")
    assert (await post(client, f"{path}/cancel", operator)).json()["cancelled_at"]
    listed = await client.get("/sessions", params={"course": "pelayanan-prima", "until": starts_at[:10]})
    assert session["session_id"] not in {each["session_id"] for each in listed.json()["items"]}


async def test_a_hidden_seat_is_told_neither_by_a_second_one_nor_by_learning_hours(
    client: httpx.AsyncClient, app: App, issuer: Stack
) -> None:
    employee = uuid4()
    await enrolled(app, employee, Visibility.CONFIDENTIAL)
    mine, operator = await bearer(issuer, "employee", employee), await bearer(issuer, "operator", uuid4())
    (hidden,) = (await client.get(f"/employees/{employee}/enrolments", headers=operator)).json()["items"]
    year = {"year": hidden["starts_at"][:4]}
    hours = [
        (await client.get(f"/employees/{employee}/learning", params=year, headers=who)).json()["booked"]
        for who in (mine, operator)
    ]
    assert hours == [0, 6]
    taken = await post(client, f"/sessions/{hidden['session_id']}/enrolments", mine)
    assert taken.status_code == 201


async def post(client: httpx.AsyncClient, path: str, headers: dict[str, str], body: Any = None) -> httpx.Response:
    return await client.post(path, json=body, headers={**headers, "Idempotency-Key": str(uuid4())})
