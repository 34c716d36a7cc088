"""Runs tests in a copy of the tree, and says of each whether it is green, red by its own assertion, or broken."""

from __future__ import annotations

import asyncio
import re
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

GREEN, RED, BROKEN = "green", "red by its own assertion", "broken"
ENDS_AT = re.compile(r"^(\S+\.py):\d+: (\w+)$", re.MULTILINE)
DEADLINES = "tests/until.py"
"""A condition that did not come true in time may have been about to."""
PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout", "_hypothesis_pytestplugin")
"""Loading all the others costs half a second a run."""


async def run(tree: Path, nodes: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The verdict on each test by its node; or, under "", why pytest ran none."""
    report = tree / f"report-{uuid.uuid4().hex[:8]}.xml"
    said = await _pytest(
        tree, ["-q", "--timeout=120", "--hypothesis-seed=1", f"--junitxml={report}", *nodes], environment
    )
    cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    return {_node(case): _verdict(case) for case in cases} or {"": said.strip().rpartition("\n")[2]}


async def _pytest(tree: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """What pytest prints. No bytecode is left, so that none outlives its mutation."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", *(f"-p{plugin}" for plugin in PLUGINS), *arguments),
        cwd=tree,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode(errors="replace")


def _node(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"


def _verdict(case: ElementTree.Element) -> str:
    trouble = [child for child in case if child.tag in ("failure", "error", "skipped")]
    if not trouble:
        return GREEN
    said = trouble[0].get("message", "").partition("\n")[0]
    if [child.tag for child in trouble] == ["failure"] and _is_own(trouble[0], said):
        return RED
    return f"{BROKEN}: {trouble[0].tag}: {said}"


def _is_own(failure: ElementTree.Element, said: str) -> bool:
    """Whether a test's `assert`, or a refusal that it missed, raised it: not the product's, not a deadline's."""
    where, kind = (ENDS_AT.findall(failure.text or "") or [("", "")])[-1]
    asserted = kind == "AssertionError" or (kind == "Failed" and said.startswith("Failed: DID NOT RAISE"))
    return asserted and where.startswith("tests/") and where != DEADLINES


def of_node(verdicts: Mapping[str, str], node: str) -> list[str]:
    """The verdicts on a node: on itself, or on all its parameters."""
    return [verdict for of, verdict in verdicts.items() if of == node or of.partition("[")[0] == node]
