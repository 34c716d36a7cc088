"""The commands of docs/operations.md, as tests run them."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from collections.abc import Mapping

from deploy.local.program import ROOT

OPERATIONS = ROOT / "docs" / "operations.md"
FENCE = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(heading: str) -> list[str]:
    """The lines of the blocks below a heading of the second level."""
    _, _, section = OPERATIONS.read_text().partition(f"\n## {heading}\n")
    assert section, f"docs/operations.md has no section {heading}"
    return [line for block in FENCE.findall(section.partition("\n## ")[0]) for line in block.splitlines()]


async def run(command: str, given: Mapping[str, str]) -> str:
    """Run a line of a runbook with its placeholders filled in; gives what it said. It must succeed."""
    for placeholder, value in {".venv/bin/python": sys.executable, **given}.items():
        command = command.replace(placeholder, value)
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command), cwd=ROOT, env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, f"{command}: {said.decode()}"
    return said.decode()
