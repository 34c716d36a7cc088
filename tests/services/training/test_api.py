"""What is offered to all, and what only the employee and operators see."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.training.app import service
from shared.errors import SetupError
from shared.events.complaints import Visibility
from shared.service import App, web
from tests.servers import Database
from tests.services.training.test_enrolment import KTP, completed
from tests.support import Bench


@pytest.fixture
async def app(database: Database, issuer: Stack) -> AsyncIterator[App]:
    url = await database("training")
    made = await App.open(service, service.settings(database_url=url, kafka="", issuer=issuer.issuer))
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
    (told,) = await bench.told()
    return told.key


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
