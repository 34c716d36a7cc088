"""Tokens, against the real issuer: what is not ours, not current or not for us is refused in the same words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.issuer import keys_of
from deploy.local.stack import Stack
from services.training.app import service
from shared.service import App, web
from tests.servers import Database
from tests.services.training.given import KTP, about, completed
from tests.support import Bench

EMPLOYEE = uuid.uuid4()
MINE = f"/employees/{EMPLOYEE}/enrolments"
Forge = Callable[[Stack], str]


@pytest.fixture
async def app(database: Database, issuer: Stack) -> AsyncIterator[App]:
    url = await database("training")
    made = await App.open(service, service.settings(database_url=url, kafka="", issuer=issuer.issuer))
    yield made
    await made.stop()


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web(app)), base_url="http://training") as made:
        yield made


def key(issuer: Stack) -> ECKey:
    """The issuer's own, so that a forgery differs from a true token in one thing only."""
    return keys_of(issuer.token_keys)[0]


def claims(issuer: Stack, **other: Any) -> dict[str, Any]:
    now = int(time.time())
    true = {"iss": issuer.issuer, "aud": "salor", "sub": str(EMPLOYEE), "iat": now, "exp": now + 60}
    return {name: value for name, value in {**true, "roles": ["employee"], **other}.items() if value is not None}


def signed(issuer: Stack, **other: Any) -> str:
    own = key(issuer)
    return jwt.encode({"alg": "ES256", "kid": own.kid}, claims(issuer, **other), own)


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unsigned(issuer: Stack) -> str:
    return f"{part({'alg': 'none'})}.{part(claims(issuer))}."


def with_the_public_key_as_secret(issuer: Stack) -> str:
    """The confusion of RFC 8725, 2.1: a verifier that lets the token choose takes the public key for a shared one."""
    own = key(issuer)
    text = f"{part({'alg': 'HS256', 'kid': own.kid})}.{part(claims(issuer))}"
    signature = hmac.new(own.as_pem(private=False), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def by_another_key(issuer: Stack) -> str:
    other = ECKey.generate_key("P-256", {"kid": str(key(issuer).kid)}, private=True)
    return jwt.encode({"alg": "ES256", "kid": other.kid}, claims(issuer), other)


def by_an_unknown_key(issuer: Stack) -> str:
    other = ECKey.generate_key("P-256", {"kid": "unknown"}, private=True)
    return jwt.encode({"alg": "ES256", "kid": other.kid}, claims(issuer), other)


def changed_afterwards(issuer: Stack) -> str:
    head, _, signature = signed(issuer).split(".")
    return f"{head}.{part(claims(issuer, roles=['operator']))}.{signature}"


FORGERIES: dict[str, Forge] = {
    "expired": lambda issuer: signed(issuer, exp=int(time.time()) - 1),
    "without an end": lambda issuer: signed(issuer, exp=None),
    "an end that is no number": lambda issuer: signed(issuer, exp="never"),
    "of another issuer": lambda issuer: signed(issuer, iss="https://elsewhere.example"),
    "of no issuer": lambda issuer: signed(issuer, iss=None),
    "for another audience": lambda issuer: signed(issuer, aud="elsewhere"),
    "for no audience": lambda issuer: signed(issuer, aud=None),
    "of nobody": lambda issuer: signed(issuer, sub=None),
    "alg none": unsigned,
    "HS256 with the public key": with_the_public_key_as_secret,
    "signed by another key": by_another_key,
    "signed by an unknown key": by_an_unknown_key,
    "changed afterwards": changed_afterwards,
    "no token at all": lambda _: "nonsense",
    "nested without end": lambda _: f"{part('[' * 30_000)}.{part('{}')}.",
    "a claim that is no object": lambda _: f"{part({'alg': 'ES256'})}.{part('[]')}.",
}


async def test_every_invalid_token_gets_the_same_answer(client: httpx.AsyncClient, issuer: Stack) -> None:
    """Weaker: the answer says which check failed, and a forger learns step by step."""
    true = await client.get(MINE, headers={"Authorization": f"Bearer {signed(issuer)}"})
    assert true.status_code == 200, "the forgeries differ from this one in one thing"
    answers = {}
    for name, forge in FORGERIES.items():
        answers[name] = await client.get(MINE, headers={"Authorization": f"Bearer {forge(issuer)}"})
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(FORGERIES, 401)
    assert len({answer.text for answer in answers.values()}) == 1
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers.values())


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic b3BlcmF0b3I6"])
async def test_without_a_token_one_is_asked_for(client: httpx.AsyncClient, header: str | None) -> None:
    answer = await client.get(MINE, headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:salor:problem:token-required")


@pytest.mark.parametrize("roles", [[], ["officer"], "employee", [["employee"]], ["Employee"]])
async def test_a_wrong_role_is_forbidden_whatever_exists(
    client: httpx.AsyncClient, issuer: Stack, roles: object
) -> None:
    headers = {"Authorization": f"Bearer {signed(issuer, roles=roles)}"}
    answers = [await client.get(f"/employees/{one}/enrolments", headers=headers) for one in (EMPLOYEE, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert len({answer.json()["title"] for answer in answers}) == 1


async def test_what_is_somebody_elses_looks_like_what_does_not_exist(
    app: App, client: httpx.AsyncClient, issuer: Stack
) -> None:
    """Weaker: a 403 for what exists, so that ids can be tried out."""
    bench = Bench(service, app.settings, app.pool, app.policies)
    await bench.events([completed(KTP, employee=EMPLOYEE)])
    (told,) = await about(bench)
    headers = {"Authorization": f"Bearer {signed(issuer, sub=str(uuid.uuid4()))}"}
    answers = [await client.get(f"/enrolments/{one}", headers=headers) for one in (told.key, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({json.dumps({**answer.json(), "instance": ""}) for answer in answers}) == 1


async def test_a_flood_of_unknown_tokens_asks_an_issuer_that_is_away_once(
    app: App, client: httpx.AsyncClient, issuer: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: each asks for keys, one after the other, and true tokens wait behind them."""
    true = {"Authorization": f"Bearer {signed(issuer)}"}
    assert (await client.get(MINE, headers=true)).status_code == 200
    asked: list[str] = []
    fetched = httpx.AsyncClient.get

    async def counted(self: httpx.AsyncClient, url: str, **more: Any) -> httpx.Response:
        if url.endswith("/jwks"):
            asked.append(url)
        return await fetched(self, url, **more)

    monkeypatch.setattr(httpx.AsyncClient, "get", counted)
    app.verifier.issuer = "http://127.0.0.1:9"
    app.verifier.asked_at = time.monotonic() - 10
    bad = {"Authorization": f"Bearer {by_an_unknown_key(issuer)}"}
    for _ in range(5):
        assert (await client.get(MINE, headers=bad)).status_code == 503, "nobody knows whether its key is a new one"
    assert len(asked) == 1
    assert (await client.get(MINE, headers=true)).status_code == 200


async def test_an_issuer_that_is_away_is_a_503_and_tokens_that_were_known_go_on(
    app: App, client: httpx.AsyncClient, issuer: Stack
) -> None:
    true = {"Authorization": f"Bearer {signed(issuer)}"}
    app.verifier.issuer = "http://127.0.0.1:9"
    answer = await client.get(MINE, headers=true)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    app.verifier.keys, app.verifier.asked_at = KeySet([key(issuer)]), 0.0
    assert (await client.get(MINE, headers=true)).status_code == 200
