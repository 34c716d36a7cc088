"""The references of the next policy, from the records of the whole district."""

from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest

from deploy.local.stack import Stack
from services.evaluation.app import service
from services.evaluation.rules.references import outdated, reference
from shared.service import App, web
from tests.services.evaluation.facts import delivered, overdue, tell
from tests.services.evaluation.policies import SCORING
from tests.support import Bench


@pytest.mark.parametrize(
    ("slightly", "late", "items", "officers", "found"),
    [
        (0, 24, 200, 5, 1200),
        (1, 24, 200, 5, 1225),
        (0, 1, 3000, 5, 3),
        (0, 7, 20000, 5, 4),
        (0, 24, 199, 5, None),
        (0, 24, 200, 4, None),
        (0, 0, 500, 9, 0),
    ],
)
def test_a_reference_is_the_usual_shortfall_rounded_half_up_or_a_decrees(
    slightly: int, late: int, items: int, officers: int, found: int | None
) -> None:
    assert reference(slightly, late, items, officers) == found


def test_a_district_that_shows_a_need_as_a_whole_needs_another_reference() -> None:
    """The fixture of an officer's need: 48 of 200 late, where 24 are usual; and one that misses it."""
    assert outdated(0, 48, 200, 1200, SCORING)
    assert not outdated(0, 43, 200, 1200, SCORING)


async def test_an_operator_reads_what_four_closed_quarters_say(evaluation: Bench, issuer: Stack) -> None:
    first, last = date(2025, 7, 1), date(2026, 6, 30)
    officers = [UUID(int=n) for n in range(1, 6)]
    work = [
        delivered(one, day=first + timedelta(days=n), used=60 if n < 4 else 10) for one in officers for n in range(40)
    ]
    late = overdue(officers[0], deadline=delivered(officers[0], day=last).received_at, day=last)
    outside = [delivered(officers[0], day=day, used=60) for day in (date(2025, 6, 30), date(2026, 7, 1))]
    await tell(evaluation, *work, late, *outside, delivered(officers[0], day=last, service="skck"))
    settings = evaluation.settings.model_copy(update={"issuer": issuer.issuer})
    transport = httpx.ASGITransport(app=web(App(service, settings, evaluation.pool, evaluation.policies)))
    token = await issuer.token(["operator"], "clerk")
    async with httpx.AsyncClient(transport=transport, base_url="http://evaluation") as client:
        answer = await client.get("/references?on=2026-07-01", headers={"authorization": f"Bearer {token}"})

    assert answer.json()["items"] == [
        {"service": "ktp", "items": 201, "officers": 5, "computed": 1045, "in_force": 1200, "outdated": False},
        {"service": "skck", "items": 1, "officers": 1, "computed": None, "in_force": 500, "outdated": False},
    ]
