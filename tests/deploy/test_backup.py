"""A backup holds one moment of a database in use; a restore brings all of it back, or changes nothing."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.backup import back_up, restore
from deploy.local.trouble import Trouble
from shared.messaging import outbox
from shared.messaging.outbox import Cursor
from tests.servers import Database

KEEP = "INSERT INTO stranger (source, id) VALUES ('office', $1)"
KEPT = "SELECT id FROM stranger ORDER BY id"
TELL = """INSERT INTO outbox (topic, key, sequence, event_id, type, at, correlation_id, causation_id, payload)
VALUES ('t.v1', 'k', $1, gen_random_uuid(), 'a.b.c.d', now(), '', '', '{}')"""
CURSOR = "SELECT since, until, last_id FROM relay"
FAR_AHEAD = "UPDATE outbox SET xid = (xid::text::bigint + 1000000)::text::xid8"
CURSOR_FAR_AHEAD = """UPDATE relay SET last_id = $1,
    since = $2 + 1000000 || ':' || $2 + 1000000 || ':', until = $2 + 1000010 || ':' || $2 + 1000010 || ':'"""


@pytest.fixture
async def url(database: Database) -> str:
    return await database(None)


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def ids(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row["id"] for row in await connection.fetch(KEPT)]
    finally:
        await connection.close()


async def test_a_restore_brings_back_the_moment_of_the_backup(
    url: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await connection.execute(KEEP, "before")
    async with connection.transaction():
        await connection.execute(KEEP, "half done")
        await back_up(url, tmp_path / "backup.sql")
    await connection.execute("CREATE TABLE later AS SELECT 1 AS one")
    await connection.close()
    await restore(url, tmp_path / "backup.sql")
    assert await ids(url) == ["before"]
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT to_regclass('later')") is None
    await connection.close()


async def test_a_restore_can_be_backed_up_and_restored_again(
    url: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await connection.execute(KEEP, "before")
    await connection.close()
    for generation in range(2):
        await back_up(url, tmp_path / f"{generation}.sql")
        await restore(url, tmp_path / f"{generation}.sql")
    assert await ids(url) == ["before"]


async def test_a_restore_is_refused_while_a_process_uses_the_database(
    url: str, connection: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.backup.LEAVING_SECONDS", 0.1)
    await back_up(url, tmp_path / "backup.sql")
    await connection.execute("SET application_name = 'salor-evaluation'")
    await connection.execute(KEEP, "after")
    with pytest.raises(Trouble, match="stop every process of the service before a restore: salor-evaluation"):
        await restore(url, tmp_path / "backup.sql")
    assert await ids(url) == ["after"]


async def test_a_broken_backup_changes_nothing(url: str, connection: asyncpg.Connection, tmp_path: Path) -> None:
    await connection.execute(KEEP, "there")
    await connection.close()
    await back_up(url, tmp_path / "backup.sql")
    whole = (tmp_path / "backup.sql").read_text()
    (tmp_path / "half.sql").write_text(whole[: len(whole) // 2])
    (tmp_path / "changed.sql").write_text(whole.replace("CREATE TABLE public.seen", "CREATE TABLES public.seen"))
    for name, trouble in (("half", "is no whole backup"), ("changed", "psql failed: .*syntax error")):
        with pytest.raises(Trouble, match=trouble):
            await restore(url, tmp_path / f"{name}.sql")
    assert await ids(url) == ["there"]


async def test_a_backup_is_for_its_owner_only_and_none_is_left_of_a_failed_one(url: str, tmp_path: Path) -> None:
    await back_up(url, tmp_path / "backup.sql")
    assert (tmp_path / "backup.sql").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Trouble, match=r"pg_dump failed: .*nowhere"):
        await back_up(url.rpartition("/")[0] + "/nowhere", tmp_path / "none.sql")
    assert os.listdir(tmp_path) == ["backup.sql"]


async def test_a_server_with_younger_transaction_ids_sends_on_where_the_relay_was(
    url: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """The dump comes from a server whose ids are a million ahead: there each new row would count as sent."""
    for sequence in (1, 2, 3):
        await connection.execute(TELL, sequence)
    first, second = await connection.fetch("SELECT id, xid::text::bigint AS xid FROM outbox ORDER BY id LIMIT 2")
    await connection.execute(FAR_AHEAD)
    await connection.execute(CURSOR_FAR_AHEAD, second["id"], first["xid"])
    await connection.close()
    await back_up(url, tmp_path / "backup.sql")
    await restore(url, tmp_path / "backup.sql")
    assert await unsent(url) == [3]


async def unsent(url: str) -> list[int]:
    """What a relay would send now; a row that is told after the restore comes too."""
    connection = await asyncpg.connect(url)
    saved = await connection.fetchrow(CURSOR)
    assert saved is not None
    cursor = Cursor(**saved)
    await connection.execute(TELL, 4)
    sequences = []
    for _ in range(3):
        rows, cursor = await outbox.read(connection, cursor, 100)
        sequences += [row["sequence"] for row in rows]
    await connection.close()
    assert sequences[-1] == 4
    return sequences[:-1]


async def test_a_prompt_shows_a_database_and_changes_it_only_when_told_to(url: str) -> None:
    program = "import sys; from deploy.local.backup import prompt; prompt(sys.argv[1])"
    psql = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    keep, told = (KEEP.replace("$1", f"'{name}'") for name in ("by mistake", "on purpose"))
    typed = f"SELECT 40 + 2 AS answer;\n{keep};\nSET default_transaction_read_only = off;\n{told};\n"
    said, wrong = await asyncio.wait_for(psql.communicate(typed.encode()), 20)
    assert b"42" in said
    assert b"read-only transaction" in wrong
    assert await ids(url) == ["on purpose"]
