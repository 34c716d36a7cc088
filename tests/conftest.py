"""The real servers of the tests: one Kafka and one PostgreSQL per session, each test on its own topics and databases.

Kafka and PostgreSQL are those that SALOR_TEST_KAFKA (host:port) and SALOR_TEST_POSTGRES (an administrator's address)
name, else containers where SALOR_TEST_SERVERS=containers asks for them, else the embedded ones; containers, too, where
those are not installed. What can't be started fails the tests; nothing is skipped.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import PurePath

import pytest
import structlog
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deploy.local.stack import SERVICES, Stack
from deploy.local.temporary import temporary_folder, temporary_stack
from tests.containers import installed, kafka_container, postgres_container, wanted
from tests.servers import Database, MailSink, Templates

# A traceback as rich draws it, with all locals, takes a second; a test of failures logs dozens.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])

BIG = ("journeys", "twins", "replicas", "deploy", "faults")
"""Folders whose tests run many services: never side by side."""

KAFKA, POSTGRES = os.environ.get("SALOR_TEST_KAFKA"), os.environ.get("SALOR_TEST_POSTGRES")
CONTAINERS = wanted(os.environ.get("SALOR_TEST_SERVERS"), installed())


class Parts(LoadScopeScheduling):  # type: ignore[misc] # it has no types
    """What stays in one process where several share the tests: those of a file, and all that are big."""

    def _split_scope(self, nodeid: str) -> str:
        path = PurePath(nodeid.partition("::")[0])
        return "big" if path.parent.name in BIG else str(path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Parts:
    """Ours in place of one of xdist's own (its groups by marker have no effect with pytest 9.2).

    In the order of the folders: in xdist's, files of few tests come last, and a long one keeps one process waiting.
    """
    config.option.loadscopereorder = False
    return Parts(config, log)


@pytest.fixture(scope="session")
async def servers() -> AsyncIterator[Stack]:
    """The session's stack: a server starts when the first test asks for it."""
    async with temporary_folder("tests") as folder:
        stack = Stack(folder, programs=[])
        yield stack
        await stack.stop()


@asynccontextmanager
async def _taken(
    named: str | None,
    container: Callable[[], AbstractAsyncContextManager[str]],
    servers: Stack,
    name: str,
    embedded: Callable[[], str],
) -> AsyncIterator[str]:
    """A server's address: the one that the environment names, else of a container, else of the embedded server."""
    if named:
        yield named
    elif CONTAINERS:
        async with container() as address:
            yield address
    else:
        await servers.start(name)
        yield embedded()


@pytest.fixture(scope="session")
async def kafka_address(servers: Stack) -> AsyncIterator[str]:
    async with _taken(KAFKA, kafka_container, servers, "kafka", lambda: servers.kafka) as address:
        yield address


@pytest.fixture
def topic_prefix() -> str:
    """Goes before every topic and group of this test, so that it meets no other."""
    return f"t{uuid.uuid4().hex[:10]}."


@pytest.fixture(scope="session")
async def postgres_admin_url(servers: Stack) -> AsyncIterator[str]:
    async with _taken(POSTGRES, postgres_container, servers, "postgres", servers.postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
async def templates(postgres_admin_url: str) -> AsyncIterator[Templates]:
    templates = Templates(postgres_admin_url)
    yield templates
    await templates.close()


@pytest.fixture
async def database(templates: Templates) -> AsyncIterator[Database]:
    """`await database("complaints")`: the address of an empty database as it migrates it; None: the chassis'."""
    made: list[str] = []

    async def fresh(service: str | None) -> str:
        made.append(await templates.clone(service))
        return templates.url(made[-1])

    yield fresh
    for name in made:
        await templates.give_back(name)


@pytest.fixture
async def mail_sink(servers: Stack) -> MailSink:
    await servers.start("mailsink")
    return MailSink(*servers.smtp, servers.mail_ledger, len(servers.mails()))


@pytest.fixture(scope="session")
async def issuer(servers: Stack) -> Stack:
    """The session's stack with its issuer running: `.issuer` is its address, `.token(roles, sub)` a token of it."""
    await servers.start("issuer")
    return servers


@pytest.fixture
async def services(kafka_address: str, topic_prefix: str, database: Database) -> AsyncIterator[Stack]:
    """All four services as processes, on the session's servers, with topics and databases of their own."""
    databases = {name: await database(name) for name in SERVICES}
    async with temporary_stack("services", topic_prefix, kafka=kafka_address, databases=databases) as stack:
        yield stack
