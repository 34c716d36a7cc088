"""The usual service: one validated message, one transaction, a publish after its commit, then the acknowledgement.

As durable as ours where it works (`acks=all`, `synchronous_commit=on`). It promises less: a crash between COMMIT and
publish loses the event, one before the acknowledgement doubles the effect, and nothing checks the order.
`python -m` runs it.
"""

import os

import asyncpg
import uvloop
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from benchmarks.peers import telling
from shared.events.complaints import COMPLAINTS, ComplaintFiled
from shared.events.evaluation import EVALUATIONS

KAFKA, DATABASE, PREFIX = (os.environ.get(f"BENCH_{name}", "") for name in ("KAFKA", "DATABASE", "PREFIX"))
COUNT = """INSERT INTO tally (employee_id, complaints) VALUES ($1, 1)
ON CONFLICT (employee_id) DO UPDATE SET complaints = tally.complaints + 1 RETURNING complaints"""
INSERT_EVALUATION = "INSERT INTO evaluation VALUES ($1, $2, $3, $4)"

broker = KafkaBroker([KAFKA], acks="all", enable_idempotence=True, logger=None)
app = FastStream(broker, logger=None)
pools: list["asyncpg.Pool[asyncpg.Record]"] = []


@app.on_startup
async def connect() -> None:
    """The pool, as large as ours."""
    pools.append(await asyncpg.create_pool(DATABASE, min_size=1, max_size=5))


@broker.subscriber(
    PREFIX + COMPLAINTS.name,
    group_id=f"{PREFIX}naive",
    auto_offset_reset="earliest",
    ack_policy=AckPolicy.NACK_ON_ERROR,
)
async def open_evaluation(filed: ComplaintFiled, message: KafkaMessage) -> None:
    """Count the officer's complaints, open an evaluation, tell of it."""
    opened = telling.opened(filed)
    async with pools[0].acquire() as connection, connection.transaction():
        nth = await connection.fetchval(COUNT, opened.employee_id)
        await connection.execute(INSERT_EVALUATION, opened.evaluation_id, opened.complaint_id, opened.employee_id, nth)
    headers = telling.headers(opened, message.headers["ce_id"])
    await broker.publish(opened, PREFIX + EVALUATIONS.name, key=opened.key.encode(), headers=headers)


if __name__ == "__main__":
    uvloop.run(app.run())
