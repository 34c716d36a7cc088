"""Journeys once more where mail is put off, what is told comes twice and commits fail: the same assertions hold.

`make journeys FLAKY=1` plays all of them so; these are the ones that every run of the suite affords.
"""

from __future__ import annotations

from deploy.local.demo import scenes
from deploy.local.demo.table import failed
from deploy.local.demo.world import World
from tests.journeys.test_example import (
    test_an_officer_whose_work_is_as_usual_is_told_so_and_sent_to_no_course as test_as_usual,
)
from tests.journeys.test_weighing import (
    test_praise_and_punctual_work_outweigh_an_upheld_complaint_and_the_explanation_says_so as test_outweighed,
)

__all__ = ["test_as_usual", "test_outweighed"]


async def test_slow_work_leads_to_a_seat_and_everybody_is_told_once(world: World) -> None:
    assert failed(await scenes.slow_by_http(world)) == []
