"""What notifications adds to `/metrics`: deliveries on their way or in doubt, by state. What went out is told."""

from services.notifications.app import service
from services.notifications.model.words import State
from shared.events.notifications import NotificationAccepted
from shared.telemetry.tables import Tables
from tests.services.notifications.test_announcing import DIRECTORY, notifications
from tests.services.notifications.test_rules import completed
from tests.support import Bench

__all__ = ["notifications"]

DOUBT = """UPDATE delivery SET state = 'unknown'
WHERE delivery_id IN (SELECT delivery_id FROM delivery ORDER BY delivery_id LIMIT 2)"""
ALL_STATES = """UPDATE delivery SET state = s.state, claim = gen_random_uuid(), lease_until = clock_timestamp()
FROM (SELECT delivery_id, row_number() OVER (ORDER BY delivery_id) AS n FROM delivery) AS d
JOIN unnest($1::text[]) WITH ORDINALITY AS s(state, n) USING (n) WHERE delivery.delivery_id = d.delivery_id"""


async def counted(bench: Bench) -> dict[str, float]:
    tables = Tables(bench.pool, service.looks)
    await tables.read()
    return {s.labels["state"]: s.value for f in tables.collect() if f.name == "salor_deliveries" for s in f.samples}


async def test_deliveries_are_counted_by_state_while_they_are_on_their_way_or_in_doubt(notifications: Bench) -> None:
    await notifications.events([*DIRECTORY, completed()])
    assert await counted(notifications) == {"pending": 6}
    await notifications.pool.execute(DOUBT)
    assert await counted(notifications) == {"pending": 4, "unknown": 2}


async def test_only_what_ended_well_is_left_to_the_events_told(notifications: Bench) -> None:
    await notifications.events([*DIRECTORY, completed()])
    states = list(State)
    for lot in (states[:6], states[6:]):
        await notifications.pool.execute(ALL_STATES, [state.value for state in lot])
        expected = {state.value for state in lot} - {State.ACCEPTED.value, State.SUPPRESSED.value}
        assert expected <= (await counted(notifications)).keys()
        assert not {"accepted", "suppressed"} & (await counted(notifications)).keys()
    assert NotificationAccepted in service.tells
