"""The demo is a test of itself: one record of the seed changed, and it says so and ends red."""

from __future__ import annotations

import asyncio
import sys
import uuid
from pathlib import Path

from deploy.local import records
from deploy.local.stack import SERVICES
from tests.servers import Templates

RED, OFFICER = 1, "bagus@salor.example"


async def test_the_demo_ends_red_and_names_what_is_wrong_when_one_record_of_the_seed_changes(
    kafka_address: str, templates: Templates, tmp_path: Path
) -> None:
    """The command as it is typed, on the servers of the tests."""
    plan = records.read()
    year = plan.of(OFFICER)
    changed = plan.model_copy(update={"work": (year.model_copy(update={"late": year.late - 1}),)})
    file = tmp_path / "plan.yaml"
    file.write_text(changed.model_dump_json())
    databases = {service: await templates.clone(service) for service in SERVICES}
    served = [f"{service}={templates.url(name)}" for service, name in databases.items()]
    there = ("--kafka", kafka_address, "--prefix", f"t{uuid.uuid4().hex[:10]}.", "--databases", *served)
    demo = (sys.executable, "-m", "deploy.local.demo", "--plan", str(file), "--only", "1", *there)
    process = await asyncio.create_subprocess_exec(*demo, stdout=asyncio.subprocess.PIPE)
    said = (await process.communicate())[0].decode()
    for name in databases.values():
        await templates.drop(name)

    wrong = [line for line in said.splitlines() if line.startswith("  NO ")]
    assert process.returncode == RED, said
    assert [line.split()[1] for line in wrong] == ["scores", "line", "line"], said
    assert any("56.25" in line for line in wrong)
    assert said.splitlines()[-1].endswith("NOT all was seen."), said
