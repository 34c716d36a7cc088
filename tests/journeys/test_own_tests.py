"""The fixtures that integrators have for their own tests, on a running district; the example runs as it is copied."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import shutil
import sys
import uuid
from pathlib import Path

import pytest
from aiokafka import ConsumerRecord
from cloudevents.kafka import KafkaMessage, from_binary, from_structured
from packaging.requirements import Requirement

from deploy.local.demo.world import World
from deploy.local.program import ROOT
from deploy.testing.salor_testing import Salor
from deploy.testing.salor_testing.onlooker import Onlooker
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted

EXAMPLE, FIXTURES = ROOT / "examples" / "own_tests", ROOT / "deploy" / "testing" / "salor_testing"
WRONG = {"type": ComplaintSubmitted.type, "data": {"category": "bad_weather", "text": "It rained."}}
SECONDS = 60


def addresses(world: World) -> dict[str, str]:
    return {"SALOR_KAFKA": world.stack.kafka, "SALOR_TOPIC_PREFIX": world.prefix}


async def test_the_example_passes_where_it_was_copied_to(world: World, tmp_path: Path) -> None:
    own = shutil.copytree(EXAMPLE, tmp_path / "own", ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    settings = own / "pytest.ini"
    settings.write_text(settings.read_text().replace("../..", str(ROOT)))
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_asyncio.plugin"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest"),
        cwd=own,
        env={**os.environ, **plugins, **addresses(world)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    assert "3 passed" in said.decode(), said.decode()


def test_the_fixtures_need_no_more_than_the_example_installs() -> None:
    trees = [ast.parse(file.read_text()) for file in FIXTURES.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    used = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    used |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    listed = [Requirement(line).name for line in (EXAMPLE / "requirements.txt").read_text().splitlines()]
    assert {name.split(".")[0] for name in used} - sys.stdlib_module_names == {one.replace("-", "_") for one in listed}


async def test_both_forms_are_those_of_the_official_sdk(world: World) -> None:
    records: list[ConsumerRecord] = []
    onlooker = Onlooker(world.stack.kafka, records.append)
    followed = {world.prefix + FRONTOFFICE.name: FRONTOFFICE.partitions}
    async with onlooker.following(followed), Salor(addresses(world)).open() as salor:
        for structured, reader in ((False, from_binary), (True, from_structured)):
            submission = await salor.submit(WRONG, structured=structured)
            await onlooker.until(lambda: bool(records), submission)
            record = records.pop()
            read = reader(KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value))
            assert (read["id"], read["source"], read["type"]) == (submission, salor.source, WRONG["type"])
            assert read.data == WRONG["data"]


async def test_what_does_not_come_is_named_beside_what_came(world: World) -> None:
    """Beside it may be answers that others are given meanwhile: how many, nobody can say."""
    async with Salor(addresses(world)).open() as salor:
        submission = await salor.submit(WRONG)
        await salor.answer(submission)
        said = f"0.1 s: ComplaintFiled .*'{submission}'.*came instead.*SubmissionRefused"
        with pytest.raises(TimeoutError, match=said):
            await salor.event("ComplaintFiled", submission=submission, seconds=0.1)


async def test_an_event_that_is_sent_again_is_seen_once(world: World) -> None:
    async with Salor(addresses(world)).open() as salor:
        again = {**WRONG, "id": str(uuid.uuid4())}
        for _ in range(2):
            await salor.submit(again)
        last = await salor.submit(WRONG)
        await salor.answer(last)
        assert len(salor.of("ComplaintSubmitted")) == 2


async def test_an_answer_to_another_source_is_not_this_tests(world: World) -> None:
    async with Salor(addresses(world)).open() as salor:
        submission = await salor.submit({**WRONG, "source": "urn:your-own-system"})
        await salor.answer(submission, source="urn:your-own-system")
        with pytest.raises(TimeoutError):
            await salor.answer(submission, seconds=0.1)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"SALOR_TOPIC_PREFIX": "typo."}, LookupError("no topic typo.frontoffice.v1")),
        ({"SALOR_KAFKA": "127.0.0.1:1"}, ConnectionError("127.0.0.1:1")),
    ],
)
async def test_an_address_that_leads_nowhere_is_named(world: World, wrong: dict[str, str], error: Exception) -> None:
    with pytest.raises(type(error), match=re.escape(str(error))):
        async with Salor(addresses(world) | wrong).open():
            pass
