"""Offices that can't speak Kafka: the same submissions by HTTP, under a token of their own."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from typing import Any

import httpx
import pytest

from deploy.local.program import ROOT
from deploy.local.stack import Stack
from shared.events.complaints import (
    ComplaintFiled,
    ServiceDelivered,
    ServiceRevised,
    SubmissionAccepted,
    SubmissionRefused,
)
from shared.events.frontoffice import ComplaintSubmitted, ServiceCorrected
from tests.services.complaints.given import OFFICER, a_complaint, a_completion
from tests.services.complaints.test_filing import opened
from tests.services.complaints.test_http import bearer
from tests.support import Bench, record_of

PAGE = ROOT / "docs" / "integration.md"
SOURCE, OTHER = "urn:office", "urn:other-office"
GOOD = {"category": "undue_delay", "text": "It took far too long."}
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
LINES = {"Content-Type": "application/x-ndjson"}


def event(name: str, data: Any = GOOD, **more: Any) -> dict[str, Any]:
    """A submission as a structured CloudEvent."""
    made = {"specversion": "1.0", "type": ComplaintSubmitted.type, "source": SOURCE, "id": name, "data": data, **more}
    return {attribute: value for attribute, value in made.items() if value is not None}


class Office:
    """An office at its door."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self.http, self.token = http, token

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def submit(self, one: Any) -> httpx.Response:
        return await self.http.post("/submissions", content=json.dumps(one), headers={**STRUCTURED, **self.bearer})

    async def lot(self, *lines: bytes | dict[str, Any]) -> httpx.Response:
        content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        return await self.http.post("/submissions/lot", content=content, headers={**LINES, **self.bearer})

    async def standing(self, name: str) -> httpx.Response:
        return await self.http.get(f"/submissions/{name}", headers=self.bearer)


class Operator:
    """Who gives tokens."""

    def __init__(self, http: httpx.AsyncClient, bearer: dict[str, str]) -> None:
        self.http, self.bearer = http, bearer

    async def post(self, path: str, key: str | None = None, **body: str) -> httpx.Response:
        headers = {**self.bearer, "Idempotency-Key": key or str(uuid.uuid4())}
        return await self.http.post(f"/operator/tokens{path}", json={"reason": "a test", **body}, headers=headers)

    async def office(self, source: str = SOURCE) -> Office:
        return Office(self.http, (await self.post("", source=source)).json()["token"])


@pytest.fixture
async def operator(http: httpx.AsyncClient, issuer: Stack) -> Operator:
    return Operator(http, await bearer(issuer, "operator"))


@pytest.fixture
async def office(operator: Operator) -> Office:
    return await operator.office()


def problem(answer: httpx.Response) -> tuple[int, str, list[str]]:
    """Status, code and fields of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    return said["status"], said["type"].rpartition(":")[2], [each["field"] for each in said.get("errors", ())]


async def complaints_of(bench: Bench) -> list[tuple[str, str]]:
    rows = await bench.pool.fetch("SELECT source, source_event_id FROM complaint ORDER BY 1, 2")
    return [tuple(row) for row in rows]


async def test_a_submission_becomes_a_complaint_and_can_be_followed(office: Office, complaints: Bench) -> None:
    answer = await office.submit(event("a/1 b", {**GOOD, "employee_id": str(OFFICER)}))
    assert answer.status_code == 201, answer.text
    complaint_id = answer.json()["complaint_id"]
    assert answer.json() == {"submission": "a/1 b", "complaint_id": complaint_id}
    (receipt,) = await complaints.told(SubmissionAccepted)
    assert receipt.model_dump(mode="json") == {"source": SOURCE, **answer.json()}
    (filed,) = await complaints.told(ComplaintFiled)
    assert isinstance(filed, ComplaintFiled)
    assert filed.employee_id == OFFICER
    standing = (await office.standing("a%2F1%20b")).json()
    assert standing["filed_at"]
    assert (standing["complaint_id"], standing["status"]) == (complaint_id, "received")
    await complaints.events([opened(uuid.UUID(complaint_id))])
    assert (await office.standing("a%2F1%20b")).json()["status"] == "examined"


async def test_a_refusal_names_each_field_and_is_the_receipt_too(office: Office, complaints: Bench) -> None:
    for body, fields in (
        ({"category": "nope", "text": " "}, ["category", "text"]),
        ({"text": 1}, ["category", "text"]),
    ):
        name = str(uuid.uuid4())
        answers = [await office.submit(event(name, body)) for _ in range(2)]
        assert [problem(each) for each in answers] == [(422, "submission-refused", fields)] * 2
        *_, receipt = await complaints.told(SubmissionRefused)
        assert isinstance(receipt, SubmissionRefused)
        assert receipt.submission == name
        assert [each.model_dump() for each in receipt.problems] == answers[0].json()["errors"]
    assert len(await complaints.told(SubmissionRefused)) == 2
    assert await complaints_of(complaints) == []
    assert await complaints.pool.fetchval("SELECT count(*) FROM dead_letter") == 0


async def test_a_repetition_gets_the_same_answer_and_another_text_none(office: Office, complaints: Bench) -> None:
    first = await office.submit(event("1", time="2026-03-02T08:00:00+07:00"))
    again = await office.submit(event("1"))
    assert (again.status_code, again.content) == (201, first.content)
    other = await office.submit(event("1", {**GOOD, "text": "Something else."}))
    assert problem(other) == (422, "event-id-reused", ["id"])
    assert len(await complaints.told(SubmissionAccepted)) == 1


@pytest.mark.parametrize("kafka_first", [True, False])
async def test_by_both_doors_it_takes_effect_once(office: Office, complaints: Bench, kafka_first: bool) -> None:
    record = record_of(a_complaint(**GOOD), 0, event_id="1", source=SOURCE)
    if kafka_first:
        await complaints.records([record])
    answer = await office.submit(event("1"))
    if not kafka_first:
        await complaints.records([record])
    assert answer.status_code == 201
    (receipt,) = await complaints.told(SubmissionAccepted)
    assert receipt.model_dump(mode="json") == {"source": SOURCE, **answer.json()}
    assert await complaints_of(complaints) == [(SOURCE, "1")]
    assert len(await complaints.told(ComplaintFiled)) == 1


async def test_by_both_doors_at_the_same_time_it_takes_effect_once(office: Office, complaints: Bench) -> None:
    names = [f"{n}" for n in range(40)]
    data = {**GOOD, "request_number": "REQ-1"}
    records = [record_of(a_complaint(**data), 0, event_id=name, source=SOURCE) for name in names]
    posting = asyncio.create_task(office.lot(*(event(name, data) for name in reversed(names))))
    await asyncio.gather(*(complaints.records(records[at : at + 10]) for at in range(0, 40, 10)))
    answers = (await posting).json()["answers"]
    assert [line["accepted"] for line in answers] == [True] * 40
    assert len(await complaints.told(ComplaintFiled)) == len(await complaints_of(complaints)) == 40


async def test_what_was_refused_by_kafka_is_said_to_have_come(office: Office, complaints: Bench) -> None:
    await complaints.records([record_of(a_complaint(category="nope"), 0, event_id="1", source=SOURCE)])
    assert problem(await office.submit(event("1"))) == (409, "submitted-before", ["id"])
    assert len(await complaints.told(SubmissionRefused)) == 1


async def test_service_records_are_taken_in(office: Office, complaints: Bench) -> None:
    completed = a_completion()
    sent = event("1", completed.model_dump(mode="json"), type=completed.type)
    answers = [await office.submit(sent) for _ in range(2)]
    assert [each.json() for each in answers] == [{"submission": "1", "complaint_id": None}] * 2
    assert len(await complaints.told(ServiceDelivered)) == 1
    assert (await office.standing("1")).status_code == 404
    wrong = event("2", {**completed.model_dump(mode="json"), "service": "unknown"}, type=completed.type)
    assert problem(await office.submit(wrong)) == (422, "submission-refused", ["service"])
    named = {"record_id": str(completed.record_id), "request_number": completed.request_number}
    cancelled = event("3", {**named, "revision": 1, "cancelled": "entered twice"}, type=ServiceCorrected.type)
    assert (await office.submit(cancelled)).status_code == 201
    assert len(await complaints.told(ServiceRevised)) == 1


async def test_in_a_lot_a_wrong_line_fails_alone(office: Office, complaints: Bench) -> None:
    answer = await office.lot(
        event("1"),
        b"{",
        event("3", {**GOOD, "text": ""}),
        event("4", source=OTHER),
        b"\xff\xfe",
        event("6", id=None),
        b"",
        event("8", {**GOOD, "text": "a\0b"}),
        event("9", type="id.go.salor.frontoffice.Nothing.v1"),
        event("10"),
        event("1"),
    )
    assert answer.status_code == 200, answer.text
    lines = {line["line"]: line for line in answer.json()["answers"]}
    assert [line for line in lines if lines[line]["accepted"]] == [1, 10, 11]
    assert lines[11]["complaint_id"] == lines[1]["complaint_id"]
    wrong = {line: (lines[line]["submission"], lines[line]["problems"][0]["field"]) for line in (2, 3, 4, 5, 6, 8, 9)}
    assert wrong == {
        2: (None, "event"),
        3: ("3", "text"),
        4: ("4", "source"),
        5: (None, "event"),
        6: (None, "event"),
        8: ("8", "data"),
        9: ("9", "type"),
    }
    assert list(lines) == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11]
    assert await complaints_of(complaints) == [(SOURCE, "1"), (SOURCE, "10")]
    refused = await complaints.told(SubmissionRefused)
    assert sorted(one.submission for one in refused if isinstance(one, SubmissionRefused)) == ["3", "8", "9"]


async def test_the_lot_of_the_page_gets_the_answers_of_the_page(operator: Operator) -> None:
    lot, answers = re.findall(r"^```ndjson\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    office = await operator.office(json.loads(lot.splitlines()[0])["source"])
    told = (await office.lot(lot.encode())).json()["answers"]
    assert all(line.pop("complaint_id") for line in told if line["accepted"])
    shown = [json.loads(line) for line in answers.splitlines()]
    assert [{**one, "complaint_id": None} for one in told] == [{**one, "complaint_id": None} for one in shown]


async def test_a_lot_that_is_none_is_a_problem(office: Office) -> None:
    assert problem(await office.lot(*[b"{}"] * 101))[:2] == (413, "too-many-lines")
    assert problem(await office.lot(b"x" * 300_000))[:2] == (413, "too-large")
    other = await office.http.post("/submissions/lot", json=event("1"), headers=office.bearer)
    assert problem(other)[:2] == (415, "not-ndjson")
    single = await office.http.post("/submissions", content=json.dumps(event("1")), headers={**LINES, **office.bearer})
    assert problem(single)[:2] == (415, "not-json")


async def test_another_offices_submissions_are_neither_read_nor_sent(office: Office, operator: Operator) -> None:
    await office.submit(event("1"))
    other = await operator.office(OTHER)
    stolen, unknown = await other.standing("1"), await other.standing("2")
    assert problem(stolen) == problem(unknown) == (404, "unknown-submission", [])
    assert stolen.json() == {**unknown.json(), "instance": "/submissions/1"}
    assert problem(await other.submit(event("2"))) == (403, "foreign-source", ["source"])
    own = await other.submit(event("1", source=OTHER))
    assert own.json()["complaint_id"] != (await office.standing("1")).json()["complaint_id"]


async def test_an_event_without_a_name_can_not_be_taken_in(office: Office, complaints: Bench) -> None:
    wrong: list[Any] = [event("1", id=None), event("1", source=None), event("x" * 501), {}, []]
    for nameless in wrong:
        assert problem(await office.submit(nameless)) == (422, "nameless-event", ["event"])
    assert await complaints.pool.fetchval("SELECT count(*) FROM stranger") == 0


async def test_only_a_valid_token_of_an_office_opens_the_door(office: Office, issuer: Stack) -> None:
    _, id_, secret = office.token.split("_", 2)
    wrong = [
        f"salor_{id_}_{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        f"salor_{'0' * 32}_{secret}",
        "salor_",
        "",
    ]
    wrong.append((await bearer(issuer, "operator"))["Authorization"].split()[1])
    for token in wrong:
        stranger = Office(office.http, token)
        for answer in (await stranger.submit(event("1")), await stranger.lot(event("1")), await stranger.standing("1")):
            assert problem(answer)[0] == 401
            assert answer.headers["www-authenticate"] == "Bearer"
    staff = await office.http.get("/complaints", headers=office.bearer)
    assert problem(staff)[:2] == (401, "invalid-token")


async def test_tokens_change_in_turn_and_a_revoked_one_is_refused(operator: Operator, office: Office) -> None:
    second = await operator.office()
    assert problem(await operator.post("", source=SOURCE))[:2] == (409, "two-tokens")
    assert (await second.submit(event("1"))).status_code == 201
    revoked = await operator.post("/revoke", token_id=office.token.split("_")[1])
    assert revoked.json()["source"] == SOURCE
    assert problem(await office.standing("1"))[:2] == (401, "invalid-token")
    assert (await second.standing("1")).status_code == 200
    assert (await (await operator.office()).standing("1")).status_code == 200
    assert problem(await operator.post("/revoke", token_id=str(uuid.uuid4())))[:2] == (404, "unknown-token")


async def test_a_token_is_shown_once_and_only_its_hash_is_kept(operator: Operator, complaints: Bench) -> None:
    key = str(uuid.uuid4())
    first, again = [await operator.post("", key, source=SOURCE) for _ in range(2)]
    assert again.json() == {**first.json(), "token": None}
    secret = first.json()["token"].split("_", 2)[2]
    for table in ("office_token", "request", "operator_action", "outbox"):
        assert secret not in str(await complaints.pool.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
    listed = (await operator.http.get("/operator/tokens", headers=operator.bearer)).json()["items"]
    assert [(one["source"], one["token_id"]) for one in listed] == [(SOURCE, first.json()["token_id"])]
    assert problem(await operator.http.post("/operator/tokens", json={}))[0] == 401
