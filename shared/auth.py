"""Who calls: JSON Web Tokens checked against the issuer's published keys, and this service's own token."""

import asyncio
import time
from dataclasses import dataclass

import httpx
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.certificates import trusted
from shared.errors import Problem

log = structlog.get_logger()

ALGORITHMS = ["ES256", "RS256", "PS256", "EdDSA"]
DEADLINE_SECONDS = 3.0
"""Of a call to the issuer as a whole: httpx' own limits begin anew with each byte."""
REFRESH_SECONDS = 5.0
"""An unknown key makes us ask again, but not oftener than this."""
RETRY_SECONDS = 1.0
"""The same while there are no keys at all."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the token's subject and roles. Without a token: `public`, with no role."""

    subject: str = "public"
    roles: frozenset[str] = frozenset()


PUBLIC = Principal()


def invalid() -> Problem:
    """A token that is not ours, not current, or not for us: the answer does not say which."""
    return Problem(401, "invalid-token", "The token is not valid", "Send a current token of this system's issuer.")


def _away() -> Problem:
    """A token whose key nobody could ask for: it may be a good one."""
    return Problem(503, "issuer-away", "Tokens can't be checked at the moment", retry_after=2)


class Verifier:
    """Checks tokens: signature, issuer, audience, expiry.

    The issuer's keys are fetched by `refresh`, which the service calls now and then (a withdrawn key is refused after
    it), and when a token needs others than we have. While the issuer is away the last ones serve on, and nobody whose
    key is known waits for it.
    """

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer = issuer.rstrip("/")
        self.registry = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self.keys: KeySet | None = None
        self.asked_at = -REFRESH_SECONDS
        self.away = False
        self.lock = asyncio.Lock()

    async def verify(self, token: str) -> Principal:
        """The principal of a bearer token. Raises Problem 401 (not valid) or 503 (the issuer can't be reached)."""
        decoded = _decode(token, self.keys) if self.keys is not None else None
        decoded = decoded or _decode(token, await self._newer_keys())
        if decoded is None:
            raise _away() if self.away and _names_another_key(token, self.keys) else invalid()
        try:
            self.registry.validate(decoded.claims)
        except JoseError:
            raise invalid() from None
        roles = decoded.claims.get("roles", ())
        known = frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else frozenset()
        return Principal(str(decoded.claims["sub"]), known)

    async def refresh(self) -> None:
        """Ask the issuer for its keys. Raises whatever it does instead of telling them; the last ones serve on then."""
        self.away = True
        async with asyncio.timeout(DEADLINE_SECONDS), _client() as client:
            answer = await client.get(f"{self.issuer}/jwks")
        answer.raise_for_status()
        self.keys = KeySet.import_key_set(answer.json())
        self.away = False

    async def _newer_keys(self) -> KeySet:
        """The issuer's keys, asked for again where no token made us do so just now."""
        if self._are_due():
            async with self.lock:
                if self._are_due():
                    await self._try_to_refresh()
        if self.keys is None:
            raise _away()
        return self.keys

    def _are_due(self) -> bool:
        return time.monotonic() - self.asked_at > (RETRY_SECONDS if self.keys is None else REFRESH_SECONDS)

    async def _try_to_refresh(self) -> None:
        try:
            await self.refresh()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, JoseError, ValueError, TypeError, LookupError) as error:
            log.warning("issuer_unreachable", error=type(error).__name__)
        self.asked_at = time.monotonic()


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=trusted(), timeout=DEADLINE_SECONDS, trust_env=False)


def _decode(token: str, keys: KeySet) -> jwt.Token | None:
    """What one of the keys has signed. None for all else: forged text fails in more ways than a library names."""
    try:
        return jwt.decode(token, keys, algorithms=ALGORITHMS)
    except Exception:
        return None


def _names_another_key(token: str, keys: KeySet | None) -> bool:
    """Whether a token says that it is signed with a key that we do not have."""
    try:
        named = jws.extract_compact(token.encode()).headers().get("kid")
    except Exception:  # forged text, as above
        return False
    return named is not None and named not in {key.kid for key in (keys.keys if keys else ())}


class OwnTokens:
    """This service's own token, for calls to other services."""

    def __init__(self, issuer: str, client: str, secret: str) -> None:
        self.issuer, self.client, self.secret = issuer.rstrip("/"), client, secret
        self.token = ""
        self.until = 0.0

    async def own(self) -> str:
        """A current bearer token. Raises httpx.HTTPError or TimeoutError while the issuer is away."""
        if time.monotonic() >= self.until:
            form = {"grant_type": "client_credentials", "client_id": self.client, "client_secret": self.secret}
            async with asyncio.timeout(DEADLINE_SECONDS), _client() as client:
                answer = await client.post(f"{self.issuer}/token", data=form)
            answer.raise_for_status()
            granted = answer.json()
            self.token, self.until = granted["access_token"], time.monotonic() + granted["expires_in"] * 0.8
        return self.token
