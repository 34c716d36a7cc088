"""F11 and F12: everything again, and two events of one key the wrong way round."""

from __future__ import annotations

import asyncio
import time

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.events import TOPICS, Kind
from shared.events.evaluation import EVALUATIONS
from shared.messaging.relay.send import headers
from tests.faults.audit.evidence import ALL
from tests.faults.audit.topics import reader
from tests.faults.sending import Sender
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

BACK_TO_THE_START = "DELETE FROM position"
SEIZE = (
    """UPDATE relay SET owner = 'the harness', epoch = epoch + 1, lease_until = clock_timestamp() + interval '60 s'"""
)
LAST = "SELECT max(id) FROM outbox"
NOTICED_SECONDS = 1.5
"""By then the true owner has renewed its lease of 2 s in vain, and sends no more."""
LET_GO = "UPDATE relay SET owner = NULL, lease_until = '-infinity' WHERE owner = 'the harness'"
PAIRS = """SELECT * FROM outbox WHERE id > $1 AND key IN (
    SELECT key FROM outbox WHERE id > $1 GROUP BY key HAVING count(*) = 2 AND min(sequence) = 1) ORDER BY id"""
GAPS = "SELECT count(DISTINCT key) FROM parked WHERE stream = $1 AND reason = 'gap' AND key = ANY($2)"
FLOWED = "SELECT count(*) FROM seen WHERE stream = $1 AND sequence = 2 AND key = ANY($2)"
WANTED = 12


async def everything_again(trial: Trial) -> None:
    """F11: every record of every topic once more; then a reader from the first offset, in the database and in Kafka."""
    await trial.submitted(400)
    await trial.strike("every topic again")
    again = await _send_all_again(trial)
    trial.expect(again > 1_000, f"only {again} records were repeated")
    await trial.strike("SIGKILL of evaluation, its positions to 0")
    await trial.fleet.kill("evaluation")
    await _offsets_to_zero(trial, "evaluation")
    await (await trial.connection("evaluation")).execute(BACK_TO_THE_START)
    before, began = await trial.durable("evaluation"), time.monotonic()
    await trial.fleet.start("evaluation")
    await trial.recovered("evaluation", before, began, limit=PATIENCE_SECONDS)


async def _send_all_again(trial: Trial) -> int:
    """As the same senders would: same partition, key, headers and body. Gives how many."""
    kafka, sent = trial.fleet.stack.kafka, []
    async with reader(kafka) as consumer, Sender(kafka) as sender, asyncio.TaskGroup() as group:
        ends = await consumer.end_offsets(consumer.assignment())
        left = {at for at, end in ends.items() if end and TOPICS[at.topic].kind is not Kind.STATE}
        consumer.pause(*(consumer.assignment() - left))
        while left:
            for at, records in (await consumer.getmany(timeout_ms=100)).items():
                for r in [record for record in records if record.offset < ends[at]]:
                    again = sender.send(r.topic, r.value, key=r.key, headers=r.headers, partition=r.partition)
                    sent.append(group.create_task(again))
                if records[-1].offset + 1 >= ends[at]:
                    left.discard(at)
    return len(sent)


async def _offsets_to_zero(trial: Trial, name: str) -> None:
    """Kafka's own, which the group accepts once its dead member's session has run out."""
    partitions = [TopicPartition(t.name, n) for t in ALL[name].listens.topics for n in range(t.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=[trial.fleet.stack.kafka], group_id=name, enable_auto_commit=False)
    await consumer.start()
    consumer.assign(partitions)

    async def accepted() -> bool:
        try:
            await consumer.commit(dict.fromkeys(partitions, 0))
        except KafkaError:
            return False
        return True

    try:
        await until(accepted, PATIENCE_SECONDS)
    finally:
        await consumer.stop()


async def wrong_way_round(trial: Trial) -> None:
    """F12: a relay that tells second events first: their keys park, others flow; then the true relay tells all."""
    await trial.submitted(150)
    database = await trial.connection("evaluation")
    await database.execute(SEIZE)
    try:
        wrong = await _tell_the_wrong_way_round(trial, database)
    finally:
        await database.execute(LET_GO)
    await until(lambda: _everywhere(trial, FLOWED, wrong), PATIENCE_SECONDS)


async def _tell_the_wrong_way_round(trial: Trial, database: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """In place of the true relay, until the keys whose second event came first are parked; gives these."""
    await asyncio.sleep(NOTICED_SECONDS)
    last = await database.fetchval(LAST)
    rows: list[asyncpg.Record] = []

    async def enough() -> bool:
        rows[:] = await database.fetch(PAIRS, last)
        return len(rows) >= 2 * WANTED

    await until(enough, PATIENCE_SECONDS)
    keys = sorted({row["key"] for row in rows})
    wrong, right = keys[::2], keys[1::2]
    trial.inverted |= {(EVALUATIONS.name, key) for key in wrong}
    await trial.strike(f"the second event first for {len(wrong)} keys")
    async with Sender(trial.fleet.stack.kafka) as sender:
        for row in rows:
            if row["key"] in right or row["sequence"] == 2:
                await sender.send(
                    row["topic"], row["payload"].encode(), key=row["key"].encode(), headers=headers(row, None)
                )
    await until(lambda: _everywhere(trial, GAPS, wrong), PATIENCE_SECONDS)
    await until(lambda: _everywhere(trial, FLOWED, right), PATIENCE_SECONDS)
    return wrong


async def _everywhere(trial: Trial, sql: str, keys: list[str]) -> bool:
    listeners = [name for name, service in ALL.items() if EVALUATIONS in service.listens.topics]
    return all([await trial.value(name, sql, EVALUATIONS.name, keys) == len(keys) for name in listeners])
