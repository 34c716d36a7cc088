"""A flaky district, where calls fail now and then as they may anywhere: `python -m tests.journeys.flaky SERVICE`.

The mail server puts every other attempt at a mail off. Each relay sends every lot twice, as after a crash before its
cursor was saved: a service's own process does, run from here. One transaction in ten ends with a serialization error
of the database itself, when it commits. Nothing in the services knows of it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaProducer

from deploy.local.stack import SERVICES
from shared.messaging.relay import loop
from shared.messaging.relay import send as sending
from shared.messaging.relay.lease import Offsets
from shared.service import main

MODULES = {
    "mailsink": ("deploy.local.mailsink", "--busy"),
    **{service: ("tests.journeys.flaky", service) for service in SERVICES},
}
"""What the stack runs in place of its programs' own modules."""

ONE_IN_TEN = """
CREATE FUNCTION one_in_ten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF hashint8(pg_current_xact_id()::text::bigint) % 10 = 0 THEN
        RAISE serialization_failure USING MESSAGE = 'one transaction in ten, of the tests';
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE kept regclass;
BEGIN
    FOR kept IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'relay' LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER one_in_ten AFTER INSERT OR UPDATE OR DELETE ON %s '
            'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION one_in_ten()', kept);
    END LOOP;
END $$"""
"""By the transaction's own number: so it is the whole of it that fails, at its commit, and the next try is another.

But for the relay's cursor, which is saved ten times a second: one that fails is sending again, which it does anyway.
"""


async def fail_commits(url: str) -> None:
    """Let one transaction in ten of a database that write anything fail."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(ONE_IN_TEN)
    finally:
        await connection.close()


async def twice(
    producer: AIOKafkaProducer, prefix: str, rows: Sequence[asyncpg.Record], before: Offsets, seconds: float
) -> Offsets:
    """Send a lot, and then all of it again."""
    after = before | await sending.send(producer, prefix, rows, before, seconds / 2)
    return await sending.send(producer, prefix, rows, after, seconds / 2)


if __name__ == "__main__":
    loop.send = twice  # type: ignore[attr-defined]
    main(importlib.import_module(f"services.{sys.argv[1]}.app").service)
