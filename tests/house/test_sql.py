"""Every statement in the code prepares on the migrated schema: a typo in a column fails here, in milliseconds."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import asyncpg
import pytest

from tests.house.services import NAMES
from tests.servers import Database

OF_A_SESSION = re.compile(r"^\s*(SET (?!LOCAL )|LISTEN |DECLARE |PREPARE )|pg_(try_)?advisory_lock\(")
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def modules(package: str) -> Iterator[ModuleType]:
    """A package with all that is in it, or a module."""
    found = import_module(package)
    yield found
    for inner in pkgutil.walk_packages(getattr(found, "__path__", ()), f"{package}."):
        if not inner.name.endswith("__main__"):
            yield import_module(inner.name)


def constants(*packages: str) -> dict[str, str]:
    """The UPPERCASE texts, by module and name; each where it is written."""
    return {
        f"{module.__name__}.{name}": value
        for package in packages
        for module in modules(package)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }


def statements(*packages: str) -> dict[str, str]:
    """Those that are SQL."""
    return {name: value for name, value in constants(*packages).items() if value.lstrip().startswith(VERBS)}


async def refused(url: str, found: dict[str, str]) -> dict[str, str]:
    """The statements that PostgreSQL does not prepare, with what it says."""
    connection = await asyncpg.connect(url)
    problems = {}
    try:
        for name, sql in found.items():
            try:
                await connection.prepare(sql)
            except asyncpg.PostgresError as error:
                problems[name] = str(error)
    finally:
        await connection.close()
    return problems


@pytest.mark.parametrize("name", NAMES)
async def test_statements_of_a_service_prepare_on_its_schema(name: str, database: Database) -> None:
    found = statements(f"services.{name}")
    assert found, f"no SQL found in services/{name}: has the store moved?"
    assert await refused(await database(name), found) == {}


async def test_statements_of_the_chassis_prepare_on_its_schema(database: Database) -> None:
    found = statements("shared.messaging", "shared.operator", "shared.telemetry", "shared.policy", "shared.db")
    assert len(found) > 20
    assert await refused(await database(None), found) == {}


def test_nothing_of_a_session_outlives_its_statement() -> None:
    """Weaker: the pool, which resets nothing, hands a lock or a setting to the next who asks."""
    found = {name for name, text in constants("shared", "services").items() if OF_A_SESSION.search(text)}
    assert found == {"shared.messaging.outbox.BY_INDEX"}, "that one is undone by AS_EVER"


async def test_a_typo_is_found(database: Database) -> None:
    assert await refused(await database(None), {"x": "SELECT kye FROM seen"}) != {}
