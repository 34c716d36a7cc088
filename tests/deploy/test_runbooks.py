"""The runbooks of the embedded stack do what they say, command by command."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.local.issuer import keys_of
from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from shared.db import migrate
from tests.runbooks import commands, run

KEEP = "INSERT INTO stranger (source, id) VALUES ('office', $1)"
KEPT = "SELECT id FROM stranger"


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    async with temporary_folder("runbooks") as made:
        yield made


def given(folder: Path) -> dict[str, str]:
    """The folder in place of that of `make up`."""
    local = f"-m deploy.local --data {folder}"
    return {
        "-m deploy.local": local,
        "make down": f"{sys.executable} {local} down",
        "complaints.sql": f"{folder}/c.sql",
    }


@asynccontextmanager
async def database(stack: Stack) -> AsyncIterator[asyncpg.Connection]:
    """Of complaints, on a stack that stands still before and after."""
    await stack.start("postgres")
    await migrate(stack.postgres_url("complaints"), "complaints")
    connection = await asyncpg.connect(stack.postgres_url("complaints"))
    yield connection
    await connection.close()
    await stack.stop()


async def test_backup_and_restore(folder: Path) -> None:
    stack = Stack(folder, programs=[])
    back_up, *restore, up, _, _ = commands("Backup and restore")
    assert up == "make up", "what follows needs running services: tests/shared/messaging/test_restored.py"
    async with database(stack) as connection:
        await connection.execute(KEEP, "before")
    await run(back_up, given(folder))
    async with database(stack) as connection:
        await connection.execute(KEEP, "after")
    for line in restore:
        await run(line, given(folder))
    async with database(stack) as connection:
        assert [row["id"] for row in await connection.fetch(KEPT)] == ["before"]


async def test_rotation_of_token_keys(folder: Path) -> None:
    file = Stack(folder, programs=[]).token_keys
    [first] = [key.kid for key in keys_of(file)]
    rotate, withdraw = commands("Rotation of keys")
    await run(rotate, given(folder))
    new, before = [key.kid for key in keys_of(file)]
    assert before == first
    await run(withdraw, given(folder))
    assert [key.kid for key in keys_of(file)] == [new]
