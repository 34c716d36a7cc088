"""`./salor` beside a stack that does not run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.detached import Detached
from deploy.local.issuer import fetch_token
from deploy.local.salor import caller, find
from deploy.local.trouble import Trouble


async def test_without_a_running_stack_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="make up first"):
        await find(Detached(tmp_path))


async def test_an_issuer_that_does_not_answer_is_named() -> None:
    """Weaker: an empty line, or a traceback of a library."""
    with pytest.raises(Trouble, match=r"the issuer at http://127.0.0.1:9 does not answer \(ConnectError\)"):
        await fetch_token("http://127.0.0.1:9", "secret", ["operator"], "ria")


def test_who_works_is_an_operator_or_an_employee_of_the_sample_district() -> None:
    """Weaker: a misspelt address gives a token of nobody, under which every case is somebody else's."""
    head = "3253e70c-29de-4d0c-baf1-9c75e0300d16"
    assert [caller("yanum@salor.example")[1], caller(head)[1]] == [head, head]
    assert (caller(None)[0], "operator" in caller(head)[0]) == (("operator",), False)
    with pytest.raises(Trouble, match=r"nobody of the sample district is 'yanun@salor.example'"):
        caller("yanun@salor.example")


def test_it_is_the_command_line_of_the_office_and_of_operators() -> None:
    command = [sys.executable, "-m", "deploy.local.salor", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    operators = ("parked", "replay", "discard", "skip", "settle", "adopt", "reconcile", "resend")
    office = ("file", "list", "show", "assign", "answer", "explain", "worklist", "confirm")
    assert [verb for verb in (*operators, *office) if f"  {verb} " not in said] == []
