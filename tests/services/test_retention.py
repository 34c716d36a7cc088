"""A service trims its own tables, by the terms of its settings and topics."""

from datetime import timedelta

from services.complaints.app import service
from shared.events.frontoffice import FRONTOFFICE
from shared.service import App
from tests.servers import Database
from tests.services.complaints.given import KEYS
from tests.support import bench
from tests.until import until

REMEMBER = "INSERT INTO stranger (source, id, at) VALUES ('office', $1, now() - $2::interval)"
REMEMBERED = "SELECT id FROM stranger ORDER BY id"
TWICE = timedelta(milliseconds=2 * FRONTOFFICE.retention_ms)


async def test_a_service_with_the_role_timers_forgets_strangers_after_twice_their_topics_retention(
    database: Database,
) -> None:
    async with bench(service, await database("complaints"), roles="timers", **KEYS) as made:
        await made.pool.execute(REMEMBER, "old", TWICE + timedelta(minutes=1))
        await made.pool.execute(REMEMBER, "young", TWICE - timedelta(minutes=1))
        app = App(service, made.settings, made.pool, made.policies)
        await app.start()

        async def trimmed() -> bool:
            return [row["id"] for row in await made.pool.fetch(REMEMBERED)] == ["young"]

        await until(trimmed)
        for task in app.tasks.values():
            task.cancel()
