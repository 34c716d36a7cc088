"""A small OpenID issuer for development: `python -m deploy.local.issuer --port P --key F`, clients in SALOR_CLIENTS.

It listens on loopback unless `--host` says else; `--url` is how services reach it where that is not the same.

Services fetch tokens by `client_credentials`. A developer, who knows the secret in the data folder, may have one with
any roles and subject by the grant DEVELOPMENT: what `make token` uses. In production a real issuer takes its place.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hmac
import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.local.chosen import HOST
from deploy.local.process import replace
from deploy.local.trouble import Trouble
from shared.certificates import trusted

DEVELOPMENT = "urn:salor:grant:development"
DEVELOPER = "developer"  # the only client with that grant
AUDIENCE = "salor"
SERVICE_SECONDS, DEVELOPMENT_SECONDS = 3600, 12 * 3600
ROLES = frozenset({"employee", "superior", "officer", "operator", "service"})


class Issuer:
    """`keys` is asked at each request, so that a rotation needs no restart: the first signs, all are published."""

    def __init__(self, url: str, keys: Callable[[], Sequence[ECKey]], clients: Mapping[str, str]) -> None:
        self.url, self._keys, self._clients = url, keys, clients

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/jwks", self.keys),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def configuration(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks",
                "token_endpoint": f"{self.url}/token",
                "grant_types_supported": ["client_credentials", DEVELOPMENT],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "response_types_supported": [],
                "subject_types_supported": ["public"],
            }
        )

    async def keys(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [key.as_dict(private=False, use="sig", alg="ES256") for key in self._keys()]})

    async def token(self, request: Request) -> JSONResponse:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        client = self._client(request, form)
        grant = form.get("grant_type")
        if client is None:
            return _refused("invalid_client", 401)
        if grant == "client_credentials" and client != DEVELOPER:
            return self._granted(client, ["service"], SERVICE_SECONDS)
        if grant == DEVELOPMENT and client == DEVELOPER:
            return self._develop(form)
        return _refused(
            "unauthorized_client" if grant in ("client_credentials", DEVELOPMENT) else "unsupported_grant_type"
        )

    def _develop(self, form: Mapping[str, str]) -> JSONResponse:
        roles = form.get("roles", "").split()
        if not roles or not ROLES.issuperset(roles) or not form.get("sub"):
            return _refused("invalid_request")
        return self._granted(form["sub"], roles, DEVELOPMENT_SECONDS)

    def _granted(self, sub: str, roles: list[str], seconds: int) -> JSONResponse:
        now, key = int(time.time()), self._keys()[0]
        claims = {"iss": self.url, "sub": sub, "aud": AUDIENCE, "iat": now, "exp": now + seconds, "roles": roles}
        header = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
        token = jwt.encode(header, {**claims, "jti": str(uuid.uuid4())}, key)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": seconds}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def _client(self, request: Request, form: Mapping[str, str]) -> str | None:
        """The client that proved its secret."""
        name, secret = _basic(request.headers.get("authorization", "")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        known = self._clients.get(name)
        return name if known is not None and hmac.compare_digest(known.encode(), secret.encode()) else None


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret


def _refused(error: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": error}, status)


def keys_of(file: Path) -> list[ECKey]:
    """The keys of a data folder, the one that signs first; made once, so that tokens outlive a restart."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _keep(file, [_new()])
    kept = json.loads(file.read_text())
    return [ECKey.import_key(key) for key in kept.get("keys", [kept])]  # before rotation there was a single one


def rotate(file: Path) -> None:
    """A new key signs from now on; tokens of the one before stay valid, since it stays published."""
    _keep(file, [_new(), keys_of(file)[0]])


def withdraw(file: Path) -> None:
    """The key before is published no more: its tokens are refused as soon as services have fetched the keys again."""
    _keep(file, keys_of(file)[:1])


def _new() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": uuid.uuid4().hex}, private=True)


def _keep(file: Path, keys: Sequence[ECKey]) -> None:
    replace(file, json.dumps({"keys": [key.as_dict(private=True) for key in keys]}))


async def fetch_token(issuer: str, secret: str, roles: list[str], sub: str) -> str:
    """A developer's token from a running issuer. Raises Trouble where it does not answer."""
    form = {"grant_type": DEVELOPMENT, "client_id": DEVELOPER, "client_secret": secret}
    try:
        async with httpx.AsyncClient(verify=trusted(), trust_env=False) as client:
            answer = await client.post(f"{issuer}/token", data={**form, "roles": " ".join(roles), "sub": sub})
    except httpx.TransportError as error:
        raise Trouble(f"the issuer at {issuer} does not answer ({type(error).__name__}): see make status") from None
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--url", help="what tokens name as their issuer")
    options = parser.parse_args()
    clients = json.loads(os.environ["SALOR_CLIENTS"])
    url = options.url or f"http://{options.host}:{options.port}"
    issuer = Issuer(url, partial(keys_of, options.key), clients)
    uvicorn.run(issuer.app(), host=options.host, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
