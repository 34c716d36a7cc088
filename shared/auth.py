"""Who calls: JSON Web Tokens checked against the issuer's published keys, and this service's own token."""

import asyncio
import time
from dataclasses import dataclass

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.errors import Problem

log = structlog.get_logger()

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]
REFRESH_SECONDS = 5.0
"""An unknown key makes us ask again, and an issuer that is away too, but not oftener than this."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the token's subject and roles. Without a token: `public`, with no role."""

    subject: str = "public"
    roles: frozenset[str] = frozenset()


PUBLIC = Principal()


def invalid() -> Problem:
    """A token that is not ours, not current, or not for us: the answer does not say which."""
    return Problem(401, "invalid-token", "The token is not valid", "Send a current token of this system's issuer.")


class Verifier:
    """Checks tokens: signature, issuer, audience, expiry.

    The issuer's keys are fetched when first needed, when a token names an unknown one, and every `keys_seconds`, after
    which a withdrawn key is refused. While the issuer is away the last ones serve on.
    """

    def __init__(self, issuer: str, audience: str, keys_seconds: float) -> None:
        self.issuer = issuer.rstrip("/")
        self.keys_seconds = keys_seconds
        self.registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self.keys: KeySet | None = None
        self.fetched_at = self.asked_at = -REFRESH_SECONDS
        self.lock = asyncio.Lock()

    async def verify(self, token: str) -> Principal:
        """The principal of a bearer token. Raises Problem 401 (not valid) or 503 (the issuer can't be reached)."""
        try:
            decoded = jwt.decode(token, await self._keys(self.keys_seconds), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            decoded = await self._decode_with_fresh_keys(token)
        try:
            self.registry.validate(decoded.claims)
        except JoseError:
            raise invalid() from None
        roles = decoded.claims.get("roles", ())
        known = frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else frozenset()
        return Principal(str(decoded.claims["sub"]), known)

    async def _decode_with_fresh_keys(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, await self._keys(REFRESH_SECONDS), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            raise invalid() from None

    async def _keys(self, oldest: float) -> KeySet:
        async with self.lock:
            now = time.monotonic()
            if self.keys is None or (now - self.fetched_at > oldest and now - self.asked_at > REFRESH_SECONDS):
                self.asked_at = now
                await self._fetch()
            assert self.keys is not None, "fetched, or Problem was raised"
            return self.keys

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=3.0, trust_env=False) as client:
                answer = await client.get(f"{self.issuer}/jwks")
                answer.raise_for_status()
                self.keys, self.fetched_at = KeySet.import_key_set(answer.json()), time.monotonic()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("issuer_unreachable", error=type(error).__name__)
            if self.keys is None:
                raise Problem(503, "issuer-away", "Tokens can't be checked at the moment", retry_after=2) from None


class OwnTokens:
    """This service's own token, for calls to other services."""

    def __init__(self, issuer: str, client: str, secret: str) -> None:
        self.issuer, self.client, self.secret = issuer.rstrip("/"), client, secret
        self.token = ""
        self.until = 0.0

    async def own(self) -> str:
        """A current bearer token. Raises httpx.HTTPError while the issuer is away."""
        if time.monotonic() >= self.until:
            form = {"grant_type": "client_credentials", "client_id": self.client, "client_secret": self.secret}
            async with httpx.AsyncClient(timeout=3.0, trust_env=False) as client:
                answer = await client.post(f"{self.issuer}/token", data=form)
            answer.raise_for_status()
            granted = answer.json()
            self.token, self.until = granted["access_token"], time.monotonic() + granted["expires_in"] * 0.8
        return self.token
