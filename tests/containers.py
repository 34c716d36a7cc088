"""Kafka and PostgreSQL in containers: where a session asks for them, or the embedded servers are not installed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from os import environ

from docker.errors import DockerException
from testcontainers.core.container import DockerContainer

from deploy.local import kafka, postgres
from deploy.local.chosen import HOST, free_port
from deploy.local.trouble import Trouble
from tests.until import came_true

KAFKA_IMAGE = environ.get("SALOR_IMAGE_KAFKA", "apache/kafka:4.1.1")
POSTGRES_IMAGE = environ.get("SALOR_IMAGE_POSTGRES", "postgres:17")
EMBEDDED, CONTAINERS = "embedded", "containers"
SECONDS = 60


def installed() -> bool:
    """Whether the embedded servers are there."""
    return (kafka.LOCAL / "jars").is_dir() and find_spec(postgres.PACKAGE) is not None


def wanted(asked: str | None, embedded: bool) -> bool:
    """Whether the servers come from containers: `asked` is what SALOR_TEST_SERVERS says. Raises Trouble."""
    if asked not in (None, "", EMBEDDED, CONTAINERS):
        raise Trouble(f"SALOR_TEST_SERVERS is {asked}: it must be {EMBEDDED} or {CONTAINERS}")
    return asked == CONTAINERS or (not asked and not embedded)


@asynccontextmanager
async def kafka_container() -> AsyncIterator[str]:
    """A broker with the settings of the embedded one; its address (host:port). Raises Trouble."""
    address = f"{HOST}:{(port := free_port())}"
    heap = {"KAFKA_HEAP_OPTS": "-Xms128m -Xmx256m"}
    async with _running(KAFKA_IMAGE, (port, port), broker(port) | heap, lambda: kafka.answers(address)):
        yield address


def broker(port: int) -> dict[str, str]:
    """The embedded broker's settings as the image takes them, for one that is reached at a port of loopback.

    It listens at the same port inside: transactions make a broker ask itself, at the address that it tells others.
    """
    lines = kafka.SETTINGS.format(host="0.0.0.0", port=port, controller=9093, data="/var/lib/kafka/data").splitlines()
    settings = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    settings |= {"controller.quorum.voters": "1@localhost:9093", "advertised.listeners": f"PLAINTEXT://{HOST}:{port}"}
    return {f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in settings.items()}


@asynccontextmanager
async def postgres_container() -> AsyncIterator[str]:
    """A server with as many connections as the embedded one; its administrator's address. Raises Trouble."""
    password, port = secrets.token_hex(16), free_port()
    url = f"postgresql://{postgres.ADMIN}:{password}@{HOST}:{port}/{postgres.ADMIN}"
    most = ("postgres", "-c", f"max_connections={postgres.SETTINGS['max_connections']}")
    secret = {"POSTGRES_PASSWORD": password}
    async with _running(POSTGRES_IMAGE, (5432, port), secret, lambda: postgres.answers(url), most):
        yield url


@asynccontextmanager
async def _running(
    image: str,
    ports: tuple[int, int],
    environment: Mapping[str, str],
    answers: Callable[[], Awaitable[bool]],
    command: Sequence[str] = (),
) -> AsyncIterator[None]:
    """A container whose first port is the second one on loopback, until it answers and as long as it is needed."""
    inner, outer = ports
    try:
        container = DockerContainer(image).with_envs(**environment).with_command(list(command))
        container.ports[str(inner)] = (HOST, outer)  # type: ignore[assignment] # Docker takes an address, too
        await asyncio.to_thread(container.start)
    except DockerException as error:
        raise Trouble(
            f"no container of {image}: {error}; start Docker, name other images by SALOR_IMAGE_KAFKA and"
            f" SALOR_IMAGE_POSTGRES, or leave SALOR_TEST_SERVERS empty and run make test, which installs"
            " the embedded servers"
        ) from error
    try:
        if not await came_true(lambda: _said(answers), SECONDS):
            raise Trouble(f"{image} does not answer within {SECONDS} s: {container.get_logs()}")
        yield
    finally:
        await asyncio.to_thread(container.stop)


async def _said(answers: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await answers()
    except Exception:  # not yet: refused, reset, shaking hands
        return False
