from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from shared import db
from shared.errors import SetupError
from tests.servers import Database

DONE = "SELECT name FROM migration ORDER BY name"


@dataclass(frozen=True)
class Release:
    """A database, and the migrations of the one service of a release."""

    url: str
    folder: Path

    def write(self, name: str, sql: str) -> None:
        (self.folder / name).write_text(sql)


@pytest.fixture
async def release(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Its database first: the chassis' own migrations have run, and the release has no more of them."""
    release = Release(await database(None), tmp_path / "services" / "inn" / "migrations")
    release.folder.mkdir(parents=True)
    release.write("0001_rooms.sql", "CREATE TABLE room (n int); INSERT INTO room VALUES (1)")
    monkeypatch.setattr(db, "SHARED", tmp_path / "shared")
    return release


async def _fetch(url: str, sql: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def test_each_migration_runs_once_under_starters_at_the_same_time(release: Release) -> None:
    """Weaker: looked up without the lock: the second starter fails on a table that exists, or fills it twice."""
    await asyncio.gather(*(db.migrate(release.url, "inn") for _ in range(4)))
    await db.migrate(release.url, "inn")
    assert await _fetch(release.url, "SELECT n FROM room") == [(1,)]
    assert ("inn/0001_rooms.sql",) in await _fetch(release.url, DONE)


async def test_a_migration_that_was_changed_after_it_ran_is_refused(release: Release) -> None:
    """Weaker: known by its name only: two databases of one release with different tables."""
    await db.migrate(release.url, "inn")
    release.write("0001_rooms.sql", "CREATE TABLE room (n bigint)")
    with pytest.raises(SetupError, match=re.escape("inn/0001_rooms.sql was changed")):
        await db.migrate(release.url, "inn")


async def test_a_migration_that_fails_leaves_nothing_of_the_release(release: Release) -> None:
    """Weaker: a transaction a file: half a release stays."""
    release.write("0002_beds.sql", "CREATE TABLE bed (n int); SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await db.migrate(release.url, "inn")
    assert await _fetch(release.url, "SELECT to_regclass('room'), to_regclass('bed')") == [(None, None)]
    release.write("0002_beds.sql", "CREATE TABLE bed (n int)")
    await db.migrate(release.url, "inn")
    assert await _fetch(release.url, "SELECT count(*) FROM bed") == [(0,)]


async def test_migrations_run_in_the_order_of_their_numbers(release: Release) -> None:
    release.write("0003_more.sql", "INSERT INTO room SELECT count(*) + 10 FROM room")
    release.write("0002_two.sql", "INSERT INTO room VALUES (2)")
    await db.migrate(release.url, "inn")
    assert await _fetch(release.url, "SELECT n FROM room ORDER BY n") == [(1,), (2,), (12,)]
