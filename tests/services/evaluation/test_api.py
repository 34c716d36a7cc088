"""Who may read what, over HTTP: one's own results, the direct superior's officers, and nobody else's."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.evaluation.app import service
from shared.events.complaints import Visibility
from shared.events.directory import EmployeeRecorded
from shared.service import App, web
from tests.services.evaluation.facts import DAY, NOW, complaint, delivered, tell, year_of_work
from tests.support import Bench

EMPLOYEE, SUPERIOR, STRANGER = uuid4(), uuid4(), uuid4()


@pytest.fixture
async def app(evaluation: Bench, issuer: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """The service's routes on the bench's database, with a real issuer."""
    settings = evaluation.settings.model_copy(update={"issuer": issuer.issuer})
    running = App(service, settings, evaluation.pool, evaluation.policies)
    transport = httpx.ASGITransport(app=web(running))
    async with httpx.AsyncClient(transport=transport, base_url="http://evaluation") as client:
        yield client


class Reader:
    """Somebody with a token."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client, self.token = client, token

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers={"authorization": f"Bearer {self.token}"})


async def reader(app: httpx.AsyncClient, issuer: Stack, subject: UUID | str, *roles: str) -> Reader:
    return Reader(app, await issuer.token(list(roles), str(subject)))


async def officer(bench: Bench) -> None:
    recorded = EmployeeRecorded(
        employee_id=EMPLOYEE, version=1, name="A", email="a@x.example", unit="u", position="P", superior_id=SUPERIOR
    )
    await tell(bench, recorded, *year_of_work(EMPLOYEE, on_time=152, late=48))


async def evaluated(bench: Bench, **given: Any) -> str:
    await officer(bench)
    await tell(bench, complaint(EMPLOYEE, **given))
    return str(await bench.pool.fetchval("SELECT evaluation_id FROM evaluation"))


async def test_the_employee_and_the_direct_superior_read_a_result(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    path = f"/evaluations/{await evaluated(evaluation)}"
    own = await (await reader(app, issuer, EMPLOYEE, "employee")).get(path)
    lead = await (await reader(app, issuer, SUPERIOR, "superior")).get(path)

    assert own.status_code == 200
    assert own.json() == lead.json()
    assert (own.json()["outcome"], own.json()["needs"]) == ("need", ["ktp"])


@pytest.mark.parametrize(
    ("subject", "roles"),
    [
        (STRANGER, ("employee", "superior")),
        (SUPERIOR, ("employee",)),
        (EMPLOYEE, ("superior",)),
        ("nobody", ("employee",)),
    ],
    ids=["another employee", "a superior without the role", "an employee as superior", "not an employee's id"],
)
async def test_anybody_elses_result_is_not_found(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack, subject: UUID | str, roles: tuple[str, ...]
) -> None:
    found = await evaluated(evaluation)
    asking = await reader(app, issuer, subject, *roles)
    paths = (f"/evaluations/{found}", f"/evaluations/{found}/explanation", f"/employees/{EMPLOYEE}/evaluations")

    assert [(await asking.get(path)).status_code for path in paths] == [404, 404, 404]


async def test_reading_needs_a_token_and_a_role(evaluation: Bench, app: httpx.AsyncClient, issuer: Stack) -> None:
    path = f"/evaluations/{await evaluated(evaluation)}"

    assert (await app.get(path)).status_code == 401
    assert (await (await reader(app, issuer, EMPLOYEE, "officer")).get(path)).status_code == 403


async def test_the_explanation_sums_to_the_score_in_both_languages(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    path = f"/evaluations/{await evaluated(evaluation)}/explanation"
    asking = await reader(app, issuer, EMPLOYEE, "employee")
    indonesian, english = (await asking.get(path)).json(), (await asking.get(f"{path}?language=en")).json()

    assert [line["text"] for line in indonesian["parts"][0]["lines"]] == [
        "Titik awal: sesuai ekspektasi",
        "152 layanan KTP tepat waktu",
        "48 layanan KTP terlambat",
    ]
    assert [line["points"] for line in english["parts"][0]["lines"]] == ["85.00", "22.80", "-52.80"]
    assert english["parts"][0]["score"] == "55.00"
    assert (await asking.get(f"{path}?language=fr")).status_code == 422


async def test_a_hidden_reporters_case_shows_from_the_next_collection(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    """Else the minute in which it appears would name who was at the counter."""
    await officer(evaluation)
    today = datetime.now(UTC)
    await tell(evaluation, complaint(EMPLOYEE, visibility=Visibility.ANONYMOUS, day=today.date()), at=today)
    asking = await reader(app, issuer, EMPLOYEE, "employee")
    listed = f"/employees/{EMPLOYEE}/evaluations"
    before = (await asking.get(listed)).json()
    await evaluation.pool.execute("UPDATE evaluation_revision SET visible_from = now()")
    after = (await asking.get(listed)).json()

    assert (len(before["items"]), len(after["items"])) == (0, 1)


async def test_a_revision_that_is_hidden_leaves_the_earlier_one_to_read(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    await officer(evaluation)
    today, incident = datetime.now(UTC), DAY
    await tell(evaluation, complaint(EMPLOYEE, day=incident), at=today)
    await tell(evaluation, complaint(EMPLOYEE, day=incident, visibility=Visibility.CONFIDENTIAL), at=today)
    asking = await reader(app, issuer, EMPLOYEE, "employee")
    (shown,) = (await asking.get(f"/employees/{EMPLOYEE}/evaluations")).json()["items"]

    assert shown["revision"] == 1


async def test_an_open_result_counts_a_hidden_complaint_from_its_collection_on(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    """Else the count of an open result of the same minute would name who was at the counter."""
    await officer(evaluation)
    hidden = complaint(EMPLOYEE, day=DAY - timedelta(days=1), visibility=Visibility.ANONYMOUS)
    soon, later = complaint(EMPLOYEE), complaint(EMPLOYEE, day=DAY - timedelta(days=2))
    await tell(evaluation, hidden, soon)
    await tell(evaluation, later, at=NOW + timedelta(days=1))
    asking = await reader(app, issuer, EMPLOYEE, "employee")

    for of, lines in ((soon, ["1 incident complained about"]), (later, ["3 incidents complained about in July 2026"])):
        found = await evaluation.pool.fetchval(
            "SELECT evaluation_id FROM evaluation_revision WHERE complaint_id = $1", of.complaint_id
        )
        (delay,) = (
            part
            for part in (await asking.get(f"/evaluations/{found}/explanation?language=en")).json()["parts"]
            if part["part"] == "delay"
        )
        assert [line["text"] for line in delay["lines"] if "complained" in line["text"]] == lines
        assert sum(Decimal(line["points"]) for line in delay["lines"]) == Decimal(delay["score"])


async def test_an_officers_results_come_in_pages_newest_first(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    await tell(evaluation, delivered(EMPLOYEE))
    for day in range(1, 6):
        await tell(evaluation, complaint(EMPLOYEE, day=DAY.replace(day=day)))
    order = [
        str(row[0])
        for row in await evaluation.pool.fetch(
            "SELECT evaluation_id FROM evaluation ORDER BY opened_at DESC, evaluation_id DESC"
        )
    ]
    asking = await reader(app, issuer, EMPLOYEE, "employee")
    path, seen = f"/employees/{EMPLOYEE}/evaluations?limit=2", []
    following: str | None = ""
    while following is not None:
        page = (await asking.get(path + (f"&after={following}" if following else ""))).json()
        seen.append([one["evaluation_id"] for one in page["items"]])
        following = page["next"]

    assert seen == [order[:2], order[2:4], order[4:]]


async def test_a_service_reads_what_became_of_a_complaint(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    judged, unknown = complaint(EMPLOYEE), complaint(None)
    await tell(evaluation, judged, unknown)
    asking = await reader(app, issuer, "clerk", "operator")
    first = (await asking.get(f"/complaints/{judged.complaint_id}/evaluation")).json()
    second = (await asking.get(f"/complaints/{unknown.complaint_id}/evaluation")).json()

    assert (first["status"], first["revision"], first["reason"]) == ("provisional", 1, None)
    assert (second["status"], second["evaluation_id"], second["reason"]) == (None, None, "employee unknown")
    assert (await asking.get(f"/complaints/{uuid4()}/evaluation")).status_code == 404


async def test_nothing_that_an_employee_reads_names_the_incident(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    filed = complaint(EMPLOYEE)
    await officer(evaluation)
    await tell(evaluation, filed)
    asking = await reader(app, issuer, EMPLOYEE, "employee")
    found = await evaluation.pool.fetchrow("SELECT evaluation_id, incident_id FROM evaluation")
    assert found is not None
    paths = [f"/employees/{EMPLOYEE}/evaluations"]
    paths += [f"/evaluations/{found['evaluation_id']}{end}" for end in ("", "/explanation")]
    everything = "".join([(await asking.get(path)).text for path in paths])

    for secret in (filed.complaint_id, found["incident_id"], filed.reporter_ref, DAY):
        assert str(secret) not in everything


@pytest.mark.parametrize(
    ("path", "refused"), [("/attendance", "superior"), ("/coach-scores", "employee"), ("/innovations", "officer")]
)
async def test_a_door_of_evidence_asks_for_its_role(
    app: httpx.AsyncClient, issuer: Stack, path: str, refused: str
) -> None:
    token = await issuer.token([refused], str(EMPLOYEE))
    answer = await app.post(path, json={}, headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 403


async def test_a_lot_that_cannot_be_read_is_refused_field_by_field(app: httpx.AsyncClient, issuer: Stack) -> None:
    items = [{"employee_id": str(EMPLOYEE), "scored_on": "yesterday", "score": 6}]
    token = await issuer.token(["officer"], "clerk")
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "a-lot-of-scores"}
    answer = await app.post("/coach-scores", json={"items": items}, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "items.0.scored_on", "problem": "is not a date like 2026-01-31"},
        {"field": "items.0.score", "problem": "must be a whole number from 1 to 5"},
    ]


async def test_the_explanation_says_what_would_raise_the_score(
    evaluation: Bench, app: httpx.AsyncClient, issuer: Stack
) -> None:
    path = f"/evaluations/{await evaluated(evaluation)}/explanation"
    asking = await reader(app, issuer, EMPLOYEE, "employee")
    indonesian, english = (await asking.get(path)).json(), (await asking.get(f"{path}?language=en")).json()

    assert ["10 layanan KTP berikutnya tepat waktu", "57.53"] in [[r["text"], r["score"]] for r in indonesian["raises"]]
    assert ["The next 10 KTP on time", "57.53"] in [[r["text"], r["score"]] for r in english["raises"]]
    assert english["parts"][0]["rule"].startswith("Compared with how often the same services are late")
    assert english["source"].startswith("internal instrument")
