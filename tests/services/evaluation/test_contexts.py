"""The unit first: a nightly timer stores what colleagues show, and an evaluation uses what is stored."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.model.evidence import Evidence
from services.evaluation.rules.context import contexts
from shared.events.complaints import ServiceDelivered
from tests.services.evaluation.facts import complaint, delivered, recorded, tell
from tests.services.evaluation.policies import SCORING
from tests.support import Bench

OFFICER, COLLEAGUE, ELSEWHERE = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
NIGHT = datetime(2040, 7, 14, 19, 30, tzinfo=UTC)
"""02:30 in Jakarta, years ahead: a timer never fires before the database's clock."""
EVE = date(2040, 7, 14)
STORED = "SELECT employee_id, service, context FROM unit_context ORDER BY computed_at, employee_id, service"
TIMER = "INSERT INTO timer (name, subject, due) VALUES ('compute_unit_contexts', '', $1) ON CONFLICT DO NOTHING"

amounts = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(lambda pair: (Fraction(pair[0]), Fraction(pair[1])))


@given(st.dictionaries(st.uuids(), st.dictionaries(st.sampled_from(["ktp", "skck"]), amounts, max_size=2), max_size=5))
def test_nobodys_own_work_moves_their_context(unit: dict[UUID, Any]) -> None:
    found = contexts(unit, SCORING)
    for officer, services in unit.items():
        idle = contexts({**unit, officer: {}}, SCORING)
        for service in services:
            assert found[officer, service] == idle.get((officer, service), "1.00")
    assert all(1 <= Fraction(c) <= 3 for c in found.values())


async def night(bench: Bench, at: datetime) -> list[tuple[Any, ...]]:
    await bench.pool.execute("DELETE FROM timer")
    await bench.pool.execute(TIMER, at)
    await bench.timers(at)
    return [tuple(row) for row in await bench.pool.fetch(STORED)]


async def evidence(bench: Bench) -> list[Evidence]:
    rows = await bench.pool.fetch("SELECT evidence FROM evaluation_revision ORDER BY as_of")
    return [Evidence.parse(row["evidence"]) for row in rows]


def work(employee: UUID, *, on_time: int, late: int) -> list[ServiceDelivered]:
    """Records of the window; the late ones on days of their own."""
    first = date(2040, 3, 1)
    slow = [delivered(employee, day=first + timedelta(days=n), used=60) for n in range(late)]
    return [*slow, *(delivered(employee, day=first + timedelta(days=n % 100)) for n in range(on_time))]


async def test_a_unit_that_is_late_as_a_whole_raises_its_officers_reference_from_the_next_night(
    evaluation: Bench,
) -> None:
    unit = [recorded(OFFICER), recorded(COLLEAGUE), recorded(ELSEWHERE, unit="kesra")]
    records = [*work(OFFICER, on_time=90, late=10), *work(COLLEAGUE, on_time=152, late=48)]
    await tell(evaluation, *unit, *records, *work(ELSEWHERE, on_time=152, late=48))
    complaints = [complaint(OFFICER, day=EVE - timedelta(days=n)) for n in range(3)]
    await tell(evaluation, complaints[0], at=NIGHT - timedelta(hours=2))
    stored = await night(evaluation, NIGHT)
    await tell(evaluation, complaints[1], at=NIGHT - timedelta(hours=1))
    await tell(evaluation, complaints[2], at=NIGHT + timedelta(hours=1))

    assert stored == [(OFFICER, "ktp", "1.75")], "only the officer's colleagues have a finding: (48 + 8) / (24 + 8)"
    assert [one.context for one in await evidence(evaluation)] == [{}, {}, {"ktp": "1.75"}]


async def test_a_night_without_a_change_stores_nothing_and_who_moves_away_is_free_of_the_units(
    evaluation: Bench,
) -> None:
    await tell(evaluation, recorded(OFFICER), recorded(COLLEAGUE), *work(COLLEAGUE, on_time=152, late=48))
    await tell(evaluation, *work(OFFICER, on_time=90, late=10))
    first = await night(evaluation, NIGHT)
    second = await night(evaluation, NIGHT + timedelta(days=1))
    await tell(evaluation, recorded(OFFICER, version=2, unit="kesra"))
    third = await night(evaluation, NIGHT + timedelta(days=2))

    assert first == second == third[:1]
    assert third[1:] == [(OFFICER, "ktp", "1.00")]
