"""What a process logs: JSON lines of named facts; of an error where it was raised, never what it says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from shared.telemetry.logs import raised_at

SECRET = "3175094107850003"
SCRIPT = f"""
import asyncio, logging, structlog
from shared.telemetry import logs, traces
logs.configure("play")
def fail():
    try:
        raise KeyError("{SECRET}")
    except KeyError as error:
        raise ValueError("{SECRET}") from error
for log in (structlog.get_logger(), logging.getLogger("uvicorn.error")):
    try:
        fail()
    except ValueError:
        log.exception("request_failed")
with traces.span("GET", parent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
    structlog.get_logger().warning("noted")
"""


def test_a_line_says_where_an_error_was_raised_and_not_what_it_says() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert SECRET not in ended.stderr
    ours, theirs, noted = [json.loads(line) for line in ended.stderr.splitlines()]
    for line in (ours, theirs):
        assert (line["event"], line["level"], line["service"]) == ("request_failed", "error", "play")
        assert [part for part in line["exception"] if ":" not in part] == ["ValueError", "KeyError"]
        assert any(part.endswith(" fail") for part in line["exception"])
    assert "trace_id" not in ours
    assert noted["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def hide() -> None:
    try:
        raise KeyError
    except KeyError:
        raise ValueError from None


def test_an_error_that_hides_its_context_tells_only_itself() -> None:
    with pytest.raises(ValueError) as caught:
        hide()
    assert [part for part in raised_at((ValueError, caught.value, None)) if ":" not in part] == ["ValueError"]
