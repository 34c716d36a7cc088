"""Two and three replicas of each service side by side: the journeys end as with one, and every replica has its part."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from deploy.compose.journeys import applied
from deploy.local.demo import scenes
from deploy.local.demo.scenes import complaint
from deploy.local.demo.table import failed
from deploy.local.demo.world import World
from deploy.local.stack import SERVICES, replica
from tests.journeys.conftest import district
from tests.servers import Templates
from tests.until import until

NAMES = ("bagus", "eko", "maya", "nia", "hasan", "bayu", "tuti", "galih", "indah")
OFFICERS = [f"{name}@salor.example" for name in NAMES]
"""Who is complained about; the year of the others would only cost time."""


@pytest.mark.parametrize(("replicas", "static"), [(2, False), (3, True)], ids=["two, dynamic", "three, by ordinal"])
async def test_with_several_replicas_the_journeys_end_as_with_one(
    kafka_address: str, templates: Templates, replicas: int, static: bool
) -> None:
    """Weaker: what one replica read or locked, another does again; or one does all and the others only look alive."""
    async with district(kafka_address, templates, OFFICERS, replicas=replicas, static=static) as world:
        assert [check for scene in scenes.SCENES.values() for check in failed(await scene(world))] == []
        names = [replica(service, ordinal) for service in SERVICES for ordinal in range(replicas)]
        await world.file_about_everybody()
        await until(lambda: _all_applied(world, names), 30)
        await _is_filed_once(world, replicas)


async def _all_applied(world: World, programs: list[str]) -> bool:
    return all(await asyncio.gather(*(applied(world.http, world.stack.http(name)) for name in programs)))


async def _is_filed_once(world: World, replicas: int) -> None:
    """One key on every replica at the same time: one complaint, the same answer from all of them."""
    body = complaint(world, "tuti@salor.example", "serentak").model_dump(mode="json")
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    doors = [world.stack.http(replica("complaints", ordinal)) for ordinal in range(replicas)]
    answers = await asyncio.gather(*(world.http.post(f"{at}/complaints", json=body, headers=headers) for at in doors))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
