"""The demo is a test of itself: one record of the seed changed, and it says so and ends red."""

from __future__ import annotations

import pytest

from deploy.local import records
from deploy.local.demo.play import judged, play
from tests.journeys.conftest import FLAKY, district
from tests.servers import Templates

OFFICER = "bagus@salor.example"


async def test_the_demo_turns_red_when_one_record_of_the_seed_changes(
    kafka_address: str, templates: Templates, capsys: pytest.CaptureFixture[str]
) -> None:
    """A district of its own, since the year of this one is another."""
    plan = records.read()
    (year,) = (work for work in plan.work if work.officer == OFFICER)
    changed = plan.model_copy(update={"work": (year.model_copy(update={"late": year.late - 1}),)})
    async with district(kafka_address, templates, [OFFICER], plan=changed, faults=FLAKY) as world:
        assert not judged(await play(world, ["1"]))
    said = capsys.readouterr().out
    wrong = [line for line in said.splitlines() if line.startswith("  NO ")]
    assert [line.split()[1] for line in wrong] == ["scores", "line", "line"], said
    assert any("56.25" in line for line in wrong)
