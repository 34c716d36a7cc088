"""Stacks and data folders for one run of the demo or the tests, and the clearing away of those whose run was killed."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.local.kafka import LOCAL
from deploy.local.process import Record, Records
from deploy.local.stack import Stack

PARENT = LOCAL / "tmp"


@asynccontextmanager
async def temporary_stack(name: str, prefix: str = "", **more: Any) -> AsyncIterator[Stack]:
    """A running stack in a folder of its own, its topics under a prefix; `more` as Stack takes it."""
    async with (
        temporary_folder(name) as folder,
        Stack(folder, environment={"SALOR_TOPIC_PREFIX": prefix}, **more) as stack,
    ):
        yield stack


@asynccontextmanager
async def temporary_folder(name: str, parent: Path = PARENT) -> AsyncIterator[Path]:
    """Gone afterwards, or when it is interrupted; kept, with its logs, if it fails, until the next run clears it."""
    await clear_abandoned(parent)
    folder = _make(parent, f"{name}-{secrets.token_hex(4)}")
    try:
        yield folder
    except asyncio.CancelledError:
        remove(folder)
        raise
    remove(folder)


async def clear_abandoned(parent: Path) -> None:
    """Ends what runs in folders whose owner is dead, then removes them."""
    for folder in _folders(parent):
        owner = Records(folder).read("owner")
        if owner is None or not owner.alive():
            for record in Records(folder / "run").alive():
                await record.end(signal.SIGKILL)
            remove(folder)


def remove(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_symlink():  # PostgreSQL's data, where it had to live elsewhere
            shutil.rmtree(entry.resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _folders(parent: Path) -> list[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    return list(parent.iterdir())


def _make(parent: Path, name: str) -> Path:
    """Appears with its owner in it, so that no other run takes it for abandoned."""
    new = parent.parent / f"{parent.name}-{name}.new"
    new.mkdir(parents=True)
    Records(new).write(Record.of("owner", os.getpid()))
    return new.rename(parent / name)
