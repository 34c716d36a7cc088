"""Journeys 1 and 2 through the services of docker-compose.yml, and a look at each replica's part in them.

`docker compose run --rm journeys [--only 1 2 ...]`, on a topology that nobody has used yet: inside its network, where
a service's name stands for all its replicas.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import socket
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

import httpx
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.local import issuer, mailsink, records
from deploy.local.demo.look import listed
from deploy.local.demo.play import judged, play, say
from deploy.local.demo.scenes import SCENES
from deploy.local.demo.table import Check
from deploy.local.demo.world import World, eventually
from deploy.local.mailsink import Mail
from deploy.local.trouble import Trouble

PORT = 8000
APPLIED = re.compile(r'^salor_events_applied_total\{type="(?!other").*"\} (\S+)$', re.MULTILINE)


class Composed(BaseSettings):
    """The topology as it is reached from inside; from the environment (`SALOR_...`), as docker-compose.yml sets it."""

    model_config = SettingsConfigDict(env_prefix="SALOR_", frozen=True)

    kafka: str
    issuer: str
    client_secret: str
    ledger: Path
    passwords: dict[str, str]

    def http(self, service: str) -> str:
        """Of any of the service's replicas."""
        return f"http://{service}:{PORT}"

    def postgres_url(self, service: str | None = None) -> str:
        """Of a service's database, as its own role; the administrator's is not told. Raises LookupError."""
        name = service or "postgres"
        return f"postgresql://{name}:{self.passwords[name]}@postgres/{name}"

    def mails(self) -> list[Mail]:
        """What the sink has accepted."""
        return mailsink.read(self.ledger)

    async def token(self, roles: Sequence[str], sub: str | None = None) -> str:
        """From the running issuer; a random subject if none is named."""
        return await issuer.fetch_token(self.issuer, self.client_secret, list(roles), sub or str(uuid.uuid4()))


async def run(stack: Composed, chosen: Sequence[str]) -> list[Check]:
    """Load the district's year, play, complain about everybody, and ask each replica what it has applied."""
    async with World(stack, records.read(), "", say).open() as world:
        checks = await play(world, chosen)
        say("\nA complaint about everybody, so that each replica's partitions get events.")
        await world.file_about_everybody()
        return [*checks, *[await shared_out(world, service) for service in stack.passwords]]


async def shared_out(world: World, service: str) -> Check:
    """Which replicas of a service have applied no event; they are waited for."""
    found = socket.getaddrinfo(service, PORT, socket.AF_INET, socket.SOCK_STREAM)
    replicas = sorted({f"http://{place[4][0]}:{PORT}" for place in found})

    async def all_applied() -> bool:
        return all([await applied(world.http, replica) for replica in replicas])

    with contextlib.suppress(TimeoutError):
        await eventually(all_applied, f"each replica of {service} has applied an event")
    counts = {replica: await applied(world.http, replica) for replica in replicas}
    say(f"  {service}: {listed(f'{count:.0f} events at {replica}' for replica, count in counts.items())}")
    idle = listed(replica for replica, count in counts.items() if not count)
    return Check("replicas", f"{service}, {len(replicas)}: applied no event", "none", idle)


async def applied(http: httpx.AsyncClient, replica: str) -> float:
    """Events that the process at an address has applied since it started, without those that it passed over."""
    answer = await http.get(f"{replica}/metrics")
    answer.raise_for_status()
    return sum(float(count) for count in APPLIED.findall(answer.text))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SCENES, default=["1", "2"], help="which of the demo's journeys")
    options = parser.parse_args()
    try:
        checks = asyncio.run(run(Composed(**{}), options.only))
    except (Trouble, TimeoutError) as trouble:
        say(f"journeys: {trouble}")
        return 1
    return 0 if judged(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
