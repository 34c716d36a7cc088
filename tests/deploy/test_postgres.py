"""PostgreSQL's data folder: begun anew where it never was whole, and never guessed at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from deploy.local.trouble import Trouble


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    async with temporary_folder("postgres") as folder:
        yield folder


async def test_an_interrupted_first_start_is_done_again(folder: Path) -> None:
    half = folder / "postgres" / "new" / "base"
    half.mkdir(parents=True)
    stack = Stack(folder, programs=[])
    try:
        await stack.start("postgres")
        assert not half.exists()
    finally:
        await stack.stop()


async def test_a_damaged_data_folder_is_told_in_one_line(folder: Path) -> None:
    data = folder / "postgres" / "data"
    data.mkdir(parents=True)
    stack = Stack(folder, programs=[])
    with pytest.raises(Trouble, match="no whole PostgreSQL data folder") as trouble:
        await stack.start("postgres")
    assert str(data) in str(trouble.value)
    assert "\n" not in str(trouble.value)


async def test_a_service_enters_its_own_database_only_and_is_durable_there(folder: Path) -> None:
    stack = Stack(folder, programs=[])
    try:
        await stack.start("postgres")
        own = await asyncpg.connect(stack.postgres_url("complaints"))
        try:
            await own.execute("CREATE TABLE proof ()")
            assert await own.fetchval("SHOW synchronous_commit") == "on"
            assert await own.fetchval("SHOW fsync") == "on"
            assert not await own.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        finally:
            await own.close()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(stack.postgres_url("complaints"), database="evaluation")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(stack.postgres_url("complaints"), password="wrong")
    finally:
        await stack.stop()
