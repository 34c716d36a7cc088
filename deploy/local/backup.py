"""Backup, restore and a prompt of one service's database, with the tools that come with PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import asyncpg

from deploy.local.postgres import installed
from deploy.local.trouble import Trouble

OTHERS = """SELECT DISTINCT coalesce(nullif(application_name, ''), 'unnamed') AS name FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
ANEW = "DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner"
REBASE = "SET search_path = public; SELECT rebase_outbox()"
END, AFTER_END = b"-- PostgreSQL database dump complete", 200
ONLY_READS = "-c default_transaction_read_only=on"
LEAVING_SECONDS = 5.0  # a killed process' sessions end a moment after it


async def back_up(url: str, file: Path) -> None:
    """All of a database as of one moment, while it is in use; `file` appears when it is whole, for its owner only."""
    part = file.with_name(f"{file.name}.part")
    part.touch(mode=0o600)
    try:
        await _run("pg_dump", url, "--no-owner", "--no-acl", f"--file={part}")
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


async def restore(url: str, file: Path) -> None:
    """A database as it was in `file`, in one transaction: an interrupted one changes nothing.

    Trouble while anybody else is connected.
    """
    _whole(file)
    await _alone(url)
    options = ("--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction")
    await _run("psql", url, *options, f"--command={ANEW}", f"--file={file}", f"--command={REBASE}")


def prompt(url: str) -> NoReturn:
    """psql in the place of this process; it only reads until it is told `SET default_transaction_read_only = off`."""
    psql = str(installed() / "bin" / "psql")
    os.execve(psql, [psql], {**os.environ, **_place(url), "PGOPTIONS": ONLY_READS})


def _whole(file: Path) -> None:
    """Half a backup could be half restored, without an error: between two statements it looks like a short one."""
    if not file.is_file():
        raise Trouble(f"there is no backup {file}")
    with file.open("rb") as backup:
        backup.seek(max(0, file.stat().st_size - len(END) - AFTER_END))
        if END not in backup.read():
            raise Trouble(f"{file} is no whole backup: it does not end as pg_dump ends one; take another one")


async def _alone(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        deadline = time.monotonic() + LEAVING_SECONDS
        while others := [row["name"] for row in await connection.fetch(OTHERS)]:
            if time.monotonic() > deadline:
                raise Trouble(
                    f"stop every process of the service before a restore: {', '.join(others)} uses its database"
                )
            await asyncio.sleep(0.1)
    finally:
        await connection.close()


async def _run(tool: str, url: str, *options: str) -> None:
    process = await asyncio.create_subprocess_exec(
        str(installed() / "bin" / tool), *options,
        env={**os.environ, **_place(url)}, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await process.communicate()
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        raise Trouble(f"{tool} failed: {_first(said.decode(errors='replace').splitlines())}")


def _place(url: str) -> dict[str, str]:
    """In the environment rather than among the arguments, where everybody could read the password."""
    parts = urlsplit(url)
    place = {"PGHOST": parts.hostname, "PGPORT": parts.port, "PGUSER": parts.username, "PGPASSWORD": parts.password}
    return {**{name: str(value) for name, value in place.items() if value}, "PGDATABASE": parts.path.strip("/")}


def _first(lines: Sequence[str]) -> str:
    """The first line that names an error."""
    return next((line for line in lines if "error" in line.lower()), " ".join(lines))
