"""The operator's command line, called as an operator calls it."""

from __future__ import annotations

import asyncio
import os
import sys

from deploy.local.stack import SERVICES, Stack


async def salor(stack: Stack, *arguments: str) -> tuple[int | None, str]:
    """The exit code, and what it said."""
    environment = {
        **os.environ,
        "SALOR_SERVICES": ",".join(f"{name}={stack.http(name)}" for name in SERVICES),
        "SALOR_TOKEN": await stack.token(["operator"]),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.operator", *arguments),
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode, said.decode().strip()
