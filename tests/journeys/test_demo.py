"""The demo is a test of itself: one record of the seed changed, and it says so and ends red."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import yaml

from deploy.local.records import PLAN

RED, OFFICER = 1, "bagus@salor.example"


async def test_the_demo_turns_red_when_one_record_of_the_seed_changes(tmp_path: Path) -> None:
    plan = yaml.safe_load(PLAN.read_text())
    plan["work"] = [work for work in plan["work"] if work["officer"] == OFFICER]
    plan["work"][0]["late"] -= 1
    changed = tmp_path / "plan.yaml"
    changed.write_text(yaml.safe_dump(plan))
    demo = (sys.executable, "-m", "deploy.local.demo", "--plan", str(changed), "--only", "1")
    process = await asyncio.create_subprocess_exec(*demo, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    lines = said.decode().splitlines()
    wrong = [line for line in lines if line.startswith("  NO ")]
    assert process.returncode == RED, said.decode()
    assert [line.split()[1] for line in wrong] == ["scores", "line", "line"], wrong
    assert any("56.25" in line for line in wrong)
