"""docs/integration.md and the sample front office say what is so: their commands, code and JSON are run."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from cloudevents.http import CloudEvent
from cloudevents.kafka import to_binary
from packaging.requirements import Requirement

from deploy.local.demo.world import World
from deploy.local.program import ROOT
from shared.events import Event
from shared.events.complaints import ServiceRevised, SubmissionAccepted, SubmissionRefused
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, ServiceCompleted, ServiceCorrected
from tests.journeys.strangers import send

PAGE, SAMPLE = ROOT / "docs" / "integration.md", ROOT / "examples" / "front_office"
TESTED = ROOT / "examples" / "own_tests"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SOURCE = "urn:example:front-office"
SECONDS = 60


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    return [block for named, block in FENCE.findall(page.read_text()) if named == language]


def nameless(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what is new each time, which the page shortens."""
    return {name: value for name, value in answer.items() if name not in ("submission", "complaint_id")}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A copy of the sample as it is given away, to run in."""
    ours = shutil.ignore_patterns(".venv", "journal.db*", "__pycache__", ".pytest_cache")
    return shutil.copytree(SAMPLE, tmp_path / "office", ignore=ours)


async def run(command: str, folder: Path, world: World) -> str:
    """Run a line of the README with its placeholders filled in; gives what it said. It must succeed."""
    filled = command.replace("HOST:PORT", world.stack.kafka).replace(".venv/bin/python", sys.executable)
    process = await asyncio.create_subprocess_shell(
        filled,
        cwd=folder,
        env={**os.environ, "PREFIX": world.prefix, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_the_sample_prints_what_its_readme_says(world: World, office: Path) -> None:
    _, started, *printed, _ = blocks(SAMPLE / "README.md", "")
    for command, expected in zip(started.splitlines(), printed, strict=True):
        said = await run(f"{command} --prefix {world.prefix}", office, world)
        assert NAME.sub("<id>", said) == NAME.sub("<id>", expected)


async def test_the_samples_own_tests_pass(world: World, office: Path) -> None:
    *_, command = blocks(SAMPLE / "README.md", "")[-1].splitlines()
    assert "2 passed" in await run(command, office, world)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("HOST:PORT",), "HOST:PORT is no address of Kafka's: give its host:port"),
        (("127.0.0.1",), "127.0.0.1 is no address of Kafka's: give its host:port"),
        (("127.0.0.1:1", "{}", "It rained."), "a report is no JSON, nothing was sent: Expecting value: line 1"),
    ],
)
def test_the_sample_says_what_was_wrong_with_its_words(office: Path, arguments: tuple[str, ...], says: str) -> None:
    command = [sys.executable, "front_office.py", *arguments]
    ended = subprocess.run(command, cwd=office, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[-1].startswith(f"front_office.py: error: {says}")
    assert not (office / "journal.db").exists()


def test_the_sample_is_stopped_without_a_traceback_and_keeps_what_it_took_in(office: Path) -> None:
    report = json.dumps({"category": "undue_delay", "text": "Slow."})
    command = [sys.executable, "-u", "front_office.py", "127.0.0.1:1", report]
    with subprocess.Popen(command, cwd=office, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as sample:
        assert sample.stdout is not None
        assert sample.stdout.readline().startswith("taken in: ")
        sample.send_signal(signal.SIGINT)
        _, wrong = sample.communicate(timeout=SECONDS)
    assert (sample.returncode, wrong) == (-signal.SIGINT, "")
    with closing(sqlite3.connect(office / "journal.db")) as journal:
        assert journal.execute("SELECT body FROM report WHERE answer IS NULL").fetchall() == [(report,)]


@pytest.mark.parametrize("sample", [SAMPLE, TESTED], ids=lambda folder: folder.name)
def test_a_sample_needs_what_is_tested_here(sample: Path) -> None:
    needs = [Requirement(line) for line in (sample / "requirements.txt").read_text().splitlines()]
    assert [need.name for need in needs if version(need.name) not in need.specifier] == []


def test_the_code_of_the_page_is_the_samples() -> None:
    files = (SAMPLE / "front_office.py", SAMPLE / "test_front_office.py", TESTED / "test_own.py")
    code = "".join(file.read_text() for file in files)
    assert [block for block in blocks(PAGE, "python") if block not in code] == []


async def test_the_reports_of_the_page_get_the_answers_of_the_page(world: World) -> None:
    right, accepted, _, wrong, refused = (json.loads(block) for block in blocks(PAGE, "json"))
    assert await answer(world, "right", right, SubmissionAccepted) == nameless(accepted)
    assert await answer(world, "wrong", wrong, SubmissionRefused) == nameless(refused)


async def test_the_cancellation_of_the_page_cancels_a_record(world: World) -> None:
    _, _, cancelled, _, _ = (json.loads(block) for block in blocks(PAGE, "json"))
    now = datetime.now(UTC)
    record = ServiceCompleted.model_validate(
        {**cancelled, "service": "ktp", "unit": "pelayanan", "employee_id": uuid.uuid4()}
        | {"received_at": now, "completed_at": now}
    )
    await world.send(record, ServiceCorrected.model_validate(cancelled))
    revised = await world.timeline.one(ServiceRevised, record_id=record.record_id)
    assert (revised.revision, revised.counts) == (1, None)


async def answer(world: World, made: str, report: Any, kind: type[Event]) -> Any:
    """Send a report of the page; gives its answer without ids."""
    attributes = {"type": ComplaintSubmitted.type, "source": SOURCE, "id": made, "datacontenttype": "application/json"}
    message = to_binary(CloudEvent(attributes, report))
    await send(world.stack.kafka, world.prefix + FRONTOFFICE.name, [message])
    told = await world.timeline.one(kind, source=SOURCE, submission=made)
    return nameless(told.model_dump(mode="json"))
