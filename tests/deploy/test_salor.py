"""`./salor` beside a stack that does not run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.detached import Detached
from deploy.local.issuer import fetch_token
from deploy.local.salor import find
from deploy.local.trouble import Trouble


async def test_without_a_running_stack_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="make up first"):
        await find(Detached(tmp_path))


async def test_an_issuer_that_does_not_answer_is_named() -> None:
    """Weaker: an empty line, or a traceback of a library."""
    with pytest.raises(Trouble, match=r"the issuer at http://127.0.0.1:9 does not answer \(ConnectError\)"):
        await fetch_token("http://127.0.0.1:9", "secret", ["operator"], "ria")


def test_it_is_the_operators_command_line() -> None:
    command = [sys.executable, "-m", "deploy.local.salor", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert all(
        verb in said for verb in ("parked", "replay", "discard", "skip", "settle", "adopt", "reconcile", "resend")
    )
