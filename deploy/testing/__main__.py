"""A whole Salor for tests of others: tells its addresses as a line of JSON, and stops when its input ends.

So it ends with whoever started it, however that one ends.
"""

from __future__ import annotations

import asyncio
import json
import sys

import httpx

from deploy.local.demo.world import PATIENCE, settle
from deploy.local.stack import SERVICES, Stack
from deploy.local.temporary import temporary_stack
from deploy.local.trouble import Trouble


async def run() -> None:
    """Until the input ends. Raises Trouble or TimeoutError where something does not start."""
    async with temporary_stack("testing", progress=progress) as stack:
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
            await settle(stack, http)
        print(json.dumps(addresses(stack)), flush=True)
        await asyncio.to_thread(sys.stdin.read)


def addresses(stack: Stack) -> dict[str, str]:
    """Under the names by which the environment would have them."""
    services = ",".join(f"{name}={stack.http(name)}" for name in SERVICES)
    return {"SALOR_KAFKA": stack.kafka, "SALOR_SERVICES": services}


def progress(line: str) -> None:
    """Beside the output, which is for the addresses."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(run())
    except (Trouble, TimeoutError) as trouble:
        sys.exit(f"{trouble}")
