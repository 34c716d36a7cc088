"""A run that was killed leaves nothing for long."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.process import Record, Records
from deploy.local.supervisor import Supervisor
from deploy.local.temporary import temporary_folder
from tests.deploy.programs import listening


async def test_a_folder_goes_when_its_run_ends(tmp_path: Path) -> None:
    async with temporary_folder("run", tmp_path) as folder:
        (folder / "data").touch()
    assert not folder.exists()


async def test_nor_does_it_stay_when_its_run_is_interrupted_but_what_a_failed_one_left_does(tmp_path: Path) -> None:
    with pytest.raises(asyncio.CancelledError):
        async with temporary_folder("interrupted", tmp_path) as interrupted:
            raise asyncio.CancelledError  # what a run meets when somebody presses Ctrl-C
    assert not interrupted.exists()
    with pytest.raises(AssertionError):
        async with temporary_folder("failed", tmp_path) as failed:
            raise AssertionError
    assert failed.exists()


async def test_an_abandoned_folder_goes_with_its_processes_and_a_living_one_stays(tmp_path: Path) -> None:
    async with temporary_folder("living", tmp_path) as living, temporary_folder("killed", tmp_path) as killed:
        owner = Record.of("owner", os.getpid())
        Records(killed).write(replace(owner, began=owner.began - 3600))  # as if it had been another process
        supervisor = Supervisor(killed, [listening(killed, "one")], revive=False, progress=print)
        await supervisor.start()
        orphan = Records(killed / "run").read("one")
        assert orphan is not None
        async with temporary_folder("next", tmp_path):
            assert not orphan.alive()
            assert not killed.exists()
            assert living.exists()
        await supervisor.stop()
        killed.mkdir()
