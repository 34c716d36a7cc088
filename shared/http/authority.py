"""Who may call a route: anybody, one of some roles, or one of some services."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from fastapi import Depends, Request
from fastapi.params import Depends as DependsParam

from shared.auth import PUBLIC, Principal
from shared.errors import Problem

Verify = Callable[[Request, str], Awaitable[Principal]]
"""Whose token it is. Raises Problem 401 where it is nobody's."""


async def _of_issuer(request: Request, token: str) -> Principal:
    principal: Principal = await request.app.state.app.verifier.verify(token)
    return principal


class Authority:
    """What a route asks of its caller; without roles and services: nothing. Tokens are the issuer's by default."""

    def __init__(self, *, roles: Sequence[str] = (), services: Sequence[str] = (), verify: Verify = _of_issuer) -> None:
        self.roles = frozenset(roles)
        self.services = frozenset(services)
        self.verify = verify

    @property
    def names(self) -> list[str]:
        """The roles and services that are let in, for the contract; none where anybody is."""
        return sorted(self.roles | self.services)

    async def __call__(self, request: Request) -> None:
        """Set the request's principal, or refuse: 401 without a valid token, 403 without the authority."""
        principal = await self._principal(request)
        if self.names:
            named = principal.subject in self.services and "service" in principal.roles
            if principal is PUBLIC:
                raise Problem(401, "token-required", "This needs a token", "Send `Authorization: Bearer ...`.")
            if not named and not principal.roles & self.roles:
                raise Problem(403, "forbidden", "Your roles do not allow this")
        request.state.principal = principal

    async def _principal(self, request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not self.names or scheme.lower() != "bearer" or not token:
            return PUBLIC
        return await self.verify(request, token.strip())


def authorities(dependencies: Iterable[DependsParam]) -> list[Authority]:
    """Those among a route's dependencies; a test of the house sees to it that each route has one."""
    return [each.dependency for each in dependencies if isinstance(each.dependency, Authority)]


class authority:  # noqa: N801 (reads as a word in the routes: `dependencies=[authority.role("operator")]`)
    """The authorities that a route can name."""

    @staticmethod
    def public() -> DependsParam:
        """Anybody; all share the principal `public`."""
        return _depends(Authority())

    @staticmethod
    def role(*roles: str) -> DependsParam:
        """A person with one of these roles."""
        return _depends(Authority(roles=roles))

    @staticmethod
    def service(*services: str) -> DependsParam:
        """Another service of this system, by name."""
        return _depends(Authority(services=services))

    @staticmethod
    def token(role: str, verify: Verify) -> DependsParam:
        """The holder of a token that the service gave out itself."""
        return _depends(Authority(roles=[role], verify=verify))


def _depends(dependency: Authority) -> DependsParam:
    depends: DependsParam = Depends(dependency)
    return depends
