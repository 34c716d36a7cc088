"""The same service on the published package `faststream-outbox`: a row in the transaction, relayed by a subscriber.

No event is lost; one may come twice, and nothing checks the order. Tuned as its documentation says for throughput; one
worker, since with more the events of one key overtake each other. `python -m` runs it.
"""

import os

import uvloop
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from faststream_outbox import OutboxBroker, make_outbox_table
from faststream_outbox.annotations import OutboxMessage
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from benchmarks.peers import telling
from shared.events.complaints import COMPLAINTS, ComplaintFiled
from shared.events.evaluation import EVALUATIONS, EvaluationOpened

KAFKA, DATABASE, PREFIX = (os.environ.get(f"BENCH_{name}", "") for name in ("KAFKA", "DATABASE", "PREFIX"))
QUEUE = "evaluations"
COUNT = text("""INSERT INTO tally (employee_id, complaints) VALUES (:officer, 1)
ON CONFLICT (employee_id) DO UPDATE SET complaints = tally.complaints + 1 RETURNING complaints""")
INSERT_EVALUATION = text("INSERT INTO evaluation VALUES (:evaluation, :complaint, :officer, :nth)")

metadata = MetaData()
table = make_outbox_table(metadata, table_name="peer_outbox")  # `outbox` is ours
engine = create_async_engine(DATABASE.replace("postgresql://", "postgresql+asyncpg://"), pool_size=5)
sessions = async_sessionmaker(engine, expire_on_commit=False)
outbox = OutboxBroker(engine, outbox_table=table, logger=None)
kafka = KafkaBroker([KAFKA], acks="all", enable_idempotence=True, logger=None)
app = FastStream(kafka, logger=None)


@app.on_startup
async def prepare() -> None:
    """The table, and the subscriber of its rows."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await kafka.connect()
    await outbox.start()


@kafka.subscriber(
    PREFIX + COMPLAINTS.name,
    group_id=f"{PREFIX}outbox",
    auto_offset_reset="earliest",
    ack_policy=AckPolicy.NACK_ON_ERROR,
)
async def open_evaluation(filed: ComplaintFiled, message: KafkaMessage) -> None:
    """Count the officer's complaints, open an evaluation, and say so in the same transaction."""
    told = telling.opened(filed)
    about = {"evaluation": told.evaluation_id, "complaint": told.complaint_id, "officer": told.employee_id}
    async with sessions() as session, session.begin():
        nth = await session.scalar(COUNT, {"officer": told.employee_id})
        await session.execute(INSERT_EVALUATION, {**about, "nth": nth})
        headers = telling.headers(told, message.headers["ce_id"])
        await outbox.publish(told.model_dump(mode="json"), queue=QUEUE, session=session, headers=headers)


@outbox.subscriber(
    QUEUE, fetch_batch_size=100, terminal_flush_batch_size=100, min_fetch_interval=0.01, max_fetch_interval=1.0
)
async def relay(told: EvaluationOpened, message: OutboxMessage) -> None:
    """Publish a row; it is deleted afterwards."""
    headers = {name: str(value) for name, value in message.headers.items() if name.startswith("ce_")}
    await kafka.publish(told, PREFIX + EVALUATIONS.name, key=told.key.encode(), headers=headers)


if __name__ == "__main__":
    uvloop.run(app.run())
