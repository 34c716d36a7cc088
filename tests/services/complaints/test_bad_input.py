"""Bad input over HTTP: a problem document that names what is wrong, and no trace in any table."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from shared.http.body import LARGEST_BODY
from shared.repeated_names import MOST
from tests.services.complaints.test_http import file
from tests.support import Bench

TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
GOOD = {"category": "undue_delay", "text": "Too slow."}
JSON = {"content-type": "application/json"}
NULL_UUID = "00000000-0000-0000-0000-000000000000"


async def contents(bench: Bench) -> dict[str, int]:
    """Every table, as a number that its rows make."""
    names = [row["relname"] for row in await bench.pool.fetch(TABLES)]
    return {
        name: await bench.pool.fetchval(f'SELECT sum(hashtextextended(t::text, 0)) FROM "{name}" t') for name in names
    }


async def refused(
    http: httpx.AsyncClient, bench: Bench, content: bytes | AsyncIterator[bytes], headers: Mapping[str, str] = JSON
) -> httpx.Response:
    """The answer to a filing that is refused and leaves no trace."""
    before = await contents(bench)
    assert len(before) > 15
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = await http.post("/complaints", content=content, headers={**key, **headers})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].startswith("urn:salor:problem:")
    assert answer.headers["x-request-id"]
    assert await contents(bench) == before
    return answer


def fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ["category", "text"]),
        ([], [""]),
        ("a report", [""]),
        (None, [""]),
        ({"category": 1, "text": ["x"], "anonymous": "perhaps"}, ["category", "text", "anonymous"]),
        ({**GOOD, "employee_id": "no uuid", "occurred_on": "tomorrow"}, ["employee_id", "occurred_on"]),
        (
            {**GOOD, "anonymous": "yes", "confidential": 1, "occurred_on": 1_790_000_000},
            [
                "anonymous",
                "confidential",
                "occurred_on",
            ],
        ),
        ({**GOOD, "occurred_on": "2026-03-02T00:00:00"}, ["occurred_on"]),
        ({**GOOD, "text": "x" * 5001}, ["text"]),
        ({**GOOD, "contact": {"name": "x" * 121, "phone": "1" * 31}}, ["contact.name", "contact.phone"]),
        ({**GOOD, "contact": {"nik": "12", "email": "nobody"}}, ["contact.nik", "contact.email"]),
        ({**GOOD, "anonymus": True, "contact": {"emial": "a"}}, ["contact.emial", "anonymus"]),
        ({**GOOD, "contact": json.loads("[" * 150 + "]" * 150)}, ["contact"]),
        ({**GOOD, "text": "a\0b"}, ["text"]),
        ({**GOOD, "contact": {"name": "\0", "phone": "+62\0"}}, ["contact.name", "contact.phone"]),
        ({**GOOD, "contact": {"na\0me": "x"}}, ["contact"]),
        ({**GOOD, "names_person": 10**400}, ["names_person"]),
    ],
    ids=lambda value: str(value)[:40].replace("\0", "0"),
)
async def test_each_wrong_field_is_named(
    http: httpx.AsyncClient, complaints: Bench, body: object, named: list[str]
) -> None:
    assert sorted(fields(await refused(http, complaints, json.dumps(body).encode()))) == sorted(named)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"category": "undue_delay", "text": "x"', "invalid-json"),
        (b'{"category": "undue_delay"} {}', "invalid-json"),
        (b"{'category': 'undue_delay'}", "invalid-json"),
        (b'{"text": NaN}', "invalid-json"),
        (b'{"text": -Infinity}', "invalid-json"),
        (b'{"text": "\xff\xfe"}', "invalid-json"),
        ('{"text": "Zu langsam."}'.encode("utf-16"), "invalid-json"),
        (b'{"text": "a\0b"}', "invalid-json"),
        (b'{"text": "\\ud800"}', "invalid-json"),
        (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too-deep"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "too-deep"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "invalid-json"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_no_json_is_a_400_without_a_field(
    http: httpx.AsyncClient, complaints: Bench, content: bytes, code: str
) -> None:
    answer = await refused(http, complaints, content)
    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:salor:problem:{code}")
    assert "errors" not in answer.json(), "a position is not a field"


@pytest.mark.parametrize(
    "media", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]
)
async def test_a_body_that_does_not_say_it_is_json_is_a_415(
    http: httpx.AsyncClient, complaints: Bench, media: str
) -> None:
    answer = await refused(http, complaints, json.dumps(GOOD).encode(), {"content-type": media})
    assert answer.status_code == 415


async def test_json_by_another_name_is_json(http: httpx.AsyncClient) -> None:
    for media in ("Application/JSON; charset=utf-8", "application/merge-patch+json"):
        headers = {"Idempotency-Key": str(uuid.uuid4()), "content-type": media}
        assert (await http.post("/complaints", content=json.dumps(GOOD), headers=headers)).status_code == 201


async def test_no_body_is_one_that_is_missing(http: httpx.AsyncClient, complaints: Bench) -> None:
    assert fields(await refused(http, complaints, b"", {})) == [""]


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 10_000_000])
@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
async def test_a_body_over_the_limit_is_a_413(
    http: httpx.AsyncClient, complaints: Bench, size: int, chunked: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for begin in range(0, size, 100_000):
            yield b" " * min(100_000, size - begin)

    answer = await refused(http, complaints, chunks() if chunked else b" " * size)
    assert answer.status_code == 413


async def test_a_body_at_the_limit_is_read(http: httpx.AsyncClient, complaints: Bench) -> None:
    body = json.dumps({**GOOD, "text": "x" * 6000}).encode()
    assert fields(await refused(http, complaints, body + b" " * (LARGEST_BODY - len(body)))) == ["text"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "missing"),
        ("short", "missing"),
        ("x" * 201, "missing"),
        ("two words", "missing"),
        ("guess-me-1", "guessable"),
        (NULL_UUID, "guessable"),
        ("6fa459ea-ee8a-11e9-81b4-2a2ae2dbcce4", "guessable"),
    ],
)
async def test_a_filing_needs_a_key_that_nobody_can_guess(
    http: httpx.AsyncClient, complaints: Bench, key: str, code: str
) -> None:
    answer = await refused(http, complaints, json.dumps(GOOD).encode(), {**JSON, "Idempotency-Key": key})
    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:salor:problem:idempotency-key-{code}")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/complaints/track?code=%00", ["query.code"]),
        ("/categories?limit=5&after=a%00&after=%00", ["query.after"]),
        ("/categories?%00=1", ["query"]),
        ("/categories?limit=%2500", ["query.limit"]),
        ("/complaints/a%00b?state=%00", ["path", "query.state"]),
    ],
)
async def test_a_null_character_in_an_address_is_refused_by_its_place(
    http: httpx.AsyncClient, path: str, named: list[str]
) -> None:
    assert fields(await http.get(path, headers={"Receipt-Code": "0"})) == named


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'{"category": "undue_delay", "text": "Slow.", "text": "Rude."}', ["text"]),
        (b'{"category": "undue_delay", "te\\u0078t": "Slow.", "text": "Slow."}', ["text"]),
        (
            b'{"text": "x", "contact": {"name": "Siti", "email": "a@b.id", "name": "Putri", "email": ""}}',
            ["contact.name"],
        ),
        (b'{"x": [{}, {"y": 1, "y": 1}], "contact": {"name": "a"}, "contact": null}', ["contact", "x.1.y"]),
        (b'{"text": "a\\u0000", "text": "a\\u0000"}', ["text", "text"]),
    ],
)
async def test_a_name_that_comes_twice_is_refused_by_its_path(
    http: httpx.AsyncClient, complaints: Bench, content: bytes, named: list[str]
) -> None:
    """Weaker: the last one counts, where a proxy or a client's log went by the first."""
    answer = await refused(http, complaints, content)
    assert set(named) <= set(fields(answer))
    assert any("more than once" in error["problem"] for error in answer.json()["errors"])


async def test_a_body_with_countless_repetitions_gets_a_short_answer(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    content = "{" + ",".join(f'"{n}":0,"{n}":0' for n in range(9_000)) + "}"
    assert len(fields(await refused(http, complaints, content.encode()))) == MOST


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/complaints/", 404),
        ("GET", "//", 404),
        ("DELETE", "/complaints", 405),
        ("PUT", "/categories", 405),
        ("FOO", "/categories", 405),
        ("TRACE", "/complaints", 405),
    ],
)
async def test_unknown_addresses_and_methods_are_problems_too(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("allow" in answer.headers) is (status == 405)


async def test_a_method_that_an_address_does_not_have_is_told_all_that_it_has(http: httpx.AsyncClient) -> None:
    assert (await http.delete("/complaints")).headers["allow"] == "GET, HEAD, POST"


async def test_no_pattern_and_no_value_is_shown_to_people(http: httpx.AsyncClient, complaints: Bench) -> None:
    wrong = {"nik": "31740199", "phone": "secret", "email": "secret", "language": "secret"}
    body = {**GOOD, "category": "Secret!", "request_number": "", "contact": wrong}
    answer = await refused(http, complaints, json.dumps(body).encode())
    assert len(fields(answer)) == 6
    assert not any(sign in answer.text for sign in ("^", "\\\\", "secret", "Secret", "31740199"))
    nik = next(error for error in answer.json()["errors"] if error["field"] == "contact.nik")
    assert nik["problem"] == "must be a NIK: 16 digits"


async def test_a_uuid_in_capitals_is_the_same_key(http: httpx.AsyncClient, complaints: Bench) -> None:
    """Weaker: a client that spells it otherwise on a repetition files twice."""
    key = str(uuid.uuid4())
    first, again = await file(http, key), await file(http, key.upper())
    assert (first.status_code, again.content) == (201, first.content)
    assert await complaints.pool.fetchval("SELECT count(*) FROM complaint") == 1


async def test_one_key_at_the_same_time_files_once_and_answers_all_alike(
    http: httpx.AsyncClient, complaints: Bench
) -> None:
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(file(http, key) for _ in range(12)), file(http, key, text="Another."))
    bodies: dict[int, set[Any]] = {}
    for answer in answers:
        bodies.setdefault(answer.status_code, set()).add(answer.content)
    assert {status: len(each) for status, each in bodies.items()} == {201: 1, 422: 1}
    assert await complaints.pool.fetchval("SELECT count(*) FROM complaint") == 1
