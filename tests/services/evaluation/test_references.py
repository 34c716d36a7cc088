"""The references and the K of the next policy, from the records of the whole district."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.stack import Stack
from services.evaluation.app import service
from services.evaluation.rules.references import Work, outdated, reference, shrinkage
from shared.service import App, web
from tests.services.evaluation.facts import delivered, overdue, recorded, tell
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


officers = st.lists(
    st.tuples(st.integers(40, 200), st.integers(-40, 40)).map(
        lambda halves: Work(100, max(Fraction(sum(halves), 2), Fraction(0)), Fraction(halves[0], 2))
    ),
    min_size=5,
    max_size=12,
)


@given(officers, st.randoms())
def test_k_is_the_formulas_in_its_limits_whatever_order_officers_come_in(found: list[Work], chance: Random) -> None:
    """K = sum E^2 / (sum (O - E)^2 - sum O), in 4..20 (SCORING); in halves, so that no fraction is made here."""
    square = sum((2 * one.expected) ** 2 for one in found)
    spread = sum((2 * one.observed - 2 * one.expected) ** 2 - 4 * one.observed for one in found)
    k = shrinkage(found)
    assert k is not None
    assert 4 <= k <= 20
    if spread <= 0 or square >= Fraction(39, 2) * spread:
        assert k == 20
    elif square < Fraction(9, 2) * spread:
        assert k == 4
    else:
        assert (2 * k - 1) * spread <= 2 * square < (2 * k + 1) * spread
    chance.shuffle(found)
    assert shrinkage(found) == k


@given(officers, st.integers(0, 11), st.integers(1, 50))
def test_officers_who_differ_more_never_make_k_larger(found: list[Work], which: int, more: int) -> None:
    one = found[which % len(found)]
    farther = replace(one, observed=max(one.observed, one.expected + 1) + more)
    before = shrinkage([replace(one, observed=max(one.observed, one.expected + 1)), *found])
    after = shrinkage([farther, *found])
    assert before is not None
    assert after is not None
    assert after <= before


def test_k_of_too_few_is_a_decrees() -> None:
    one = Work(50, Fraction(6), Fraction(6))
    assert shrinkage([one] * 4) is None
    assert shrinkage([replace(one, items=39)] * 5) is None
    assert shrinkage([one] * 5) == 20, "nobody differs from what is usual"


async def test_an_operator_reads_which_k_the_records_of_all_officers_say(evaluation: Bench, issuer: Stack) -> None:
    """Five officers of two units with 50 services each, of which 6 are usually late."""
    first = date(2025, 7, 1)
    people = [UUID(int=n) for n in range(1, 6)]
    for n, (one, late) in enumerate(zip(people, (2, 3, 6, 9, 10), strict=True)):
        days = [first + timedelta(days=each) for each in range(50)]
        work = [delivered(one, day=day, used=60 if place < late else 10) for place, day in enumerate(days)]
        await tell(evaluation, recorded(one, unit=f"unit {n % 2}"), *work)
    await tell(evaluation, *(delivered(people[0], day=date(2026, 7, 1), used=60) for _ in range(9)))
    shown = await asked(evaluation, issuer, "/references/shrinkage?on=2026-07-01")

    # sum (O - 6)^2 = 16 + 9 + 0 + 9 + 16 = 50, less sum O = 30: 20; sum E^2 = 5 * 36 = 180; K = 180 / 20
    assert shown == {"officers": 5, "items": 250, "computed": 9, "in_force": 8}


async def asked(evaluation: Bench, issuer: Stack, path: str) -> Any:
    settings = evaluation.settings.model_copy(update={"issuer": issuer.issuer})
    transport = httpx.ASGITransport(app=web(App(service, settings, evaluation.pool, evaluation.policies)))
    token = await issuer.token(["operator"], "clerk")
    async with httpx.AsyncClient(transport=transport, base_url="http://evaluation") as client:
        return (await client.get(path, headers={"authorization": f"Bearer {token}"})).json()


async def test_an_operator_reads_what_four_closed_quarters_say(evaluation: Bench, issuer: Stack) -> None:
    first, last = date(2025, 7, 1), date(2026, 6, 30)
    officers = [UUID(int=n) for n in range(1, 6)]
    work = [
        delivered(one, day=first + timedelta(days=n), used=60 if n < 4 else 10) for one in officers for n in range(40)
    ]
    late = overdue(officers[0], deadline=delivered(officers[0], day=last).received_at, day=last)
    outside = [delivered(officers[0], day=day, used=60) for day in (date(2025, 6, 30), date(2026, 7, 1))]
    await tell(evaluation, *work, late, *outside, delivered(officers[0], day=last, service="skck"))
    answer = await asked(evaluation, issuer, "/references?on=2026-07-01")

    assert answer["items"] == [
        {"service": "ktp", "items": 201, "officers": 5, "computed": 1045, "in_force": 1200, "outdated": False},
        {"service": "skck", "items": 1, "officers": 1, "computed": None, "in_force": 500, "outdated": False},
    ]
