"""A service that is set up wrongly does not start, and says all that is wrong in one line."""

from __future__ import annotations

import asyncio
import os
import sys

from deploy.local.program import ROOT


async def test_wrong_settings_end_it_with_code_2_and_one_line_that_names_them_all() -> None:
    wrong = {"SALOR_POOL_SIZE": "many", "SALOR_RECEIPT_KEYS": "short", "SALOR_KAFKA": "k:1", "SALOR_ISSUER": "http://i"}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SALOR_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.complaints", cwd=ROOT, env={**ours, **wrong}, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    [line] = said.decode().splitlines()
    assert process.returncode == 2
    for name in ("SALOR_DATABASE_URL", "SALOR_POOL_SIZE", "SALOR_RECEIPT_KEYS", "SALOR_REPORTER_KEYS"):
        assert name in line
