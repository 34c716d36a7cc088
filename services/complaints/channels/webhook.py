"""Posting to an endpoint that somebody named: only where it may lead, within a deadline, and its answer's status only.

The name is looked up here and the connection goes to the address that was looked at, so that a name can't lead to one
address when it is checked and to another when it is called. Redirects are not followed.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from services.complaints.model.webhooks import Outcome
from shared.certificates import trusted

LOOKUP_SECONDS = 5.0
GONE = 410
LAST_PORT = 65_535


class Unfit(Exception):
    """An address that may not be called; its text says why, for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: of what was answered the status."""

    outcome: Outcome
    status: int | None = None


class Poster:
    """A client for all endpoints. `seconds` for each call; `private`: plain http, and addresses of a network of one's
    own, may be called, too."""

    def __init__(self, seconds: float, *, private: bool) -> None:
        # Its timeout is of each step; over all of them it is ours.
        self._client = httpx.AsyncClient(timeout=seconds, verify=trusted(), trust_env=False)
        self._seconds = seconds
        self._private = private

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post a body once. Never raises for an endpoint: what goes wrong is an answer."""
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._post(httpx.URL(url), headers, body)
        except Unfit:
            return Answer(Outcome.UNFIT)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(Outcome.LATE)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return Answer(Outcome.UNREACHABLE)
        if 200 <= status < 300:
            return Answer(Outcome.DELIVERED, status)
        return Answer(Outcome.GONE if status == GONE else Outcome.REFUSED, status)

    async def _post(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the first address that takes a connection. The certificate must be the name's."""
        *others, last = await addresses(url, private=self._private)
        for address in others:
            try:
                return await self._call(url, address, headers, body)
            except httpx.ConnectError:
                continue
        return await self._call(url, last, headers, body)

    async def _call(self, url: httpx.URL, address: str, headers: Mapping[str, str], body: bytes) -> int:
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            headers={**headers, "host": url.netloc.decode("ascii"), "user-agent": "salor"},
            content=body,
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        answer = await self._client.send(request, stream=True)
        await answer.aclose()
        return answer.status_code

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


async def unfit(url: str, *, private: bool) -> str | None:
    """Why answers can't be posted to an address, in words; none where they can."""
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            await addresses(httpx.URL(url), private=private)
    except Unfit as error:
        return str(error)
    except httpx.InvalidURL:
        return "is not an address like https://office.example/salor"
    except (OSError, ValueError):
        return "names a host that can't be found"
    return None


async def addresses(url: httpx.URL, *, private: bool) -> list[str]:
    """The IP addresses of a URL's host. Raises Unfit, or OSError where there is none."""
    if url.scheme != "https" and not (private and url.scheme == "http"):
        raise Unfit("must begin with https://")
    if not url.host or url.userinfo or url.fragment:
        raise Unfit("must name a host, without a user and without a part after #")
    port = (443 if url.scheme == "https" else 80) if url.port is None else url.port
    if not 1 <= port <= LAST_PORT:
        raise Unfit(f"names a port that is not one of 1 to {LAST_PORT}")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(url.raw_host.decode("ascii"), port, type=socket.SOCK_STREAM)
    hosts = [str(address[0]) for *_, address in found]
    if not private and not all(map(_public, hosts)):
        raise Unfit("leads to an address that is not public")
    return hosts


def _public(host: str) -> bool:
    address = ipaddress.ip_address(host.partition("%")[0])
    return address.is_global and not address.is_multicast
