"""The history of a key: what each database, topic, mail and client knows of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tests.faults.audit import Databases, Evidence
from tests.faults.audit.topics import reader

TABLES = """SELECT table_name FROM information_schema.tables
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'policy' ORDER BY 1"""
LONGEST = 400


async def history(kafka: str, evidence: Evidence, about: str) -> list[str]:
    """Lines, in the order in which things happen: the client, the databases, the topics, the mails."""
    told = [f"client: {s}" for s in evidence.submissions if about in (s.id, s.complaint_id)]
    told += [line async for line in _rows(evidence.at, about)]
    told += [line async for line in _records(kafka, about)]
    told += [f"mail: {mail.subject} {mail.message_id}" for mail in evidence.mails if about in mail.message_id]
    return [line[:LONGEST] for line in told]


async def _rows(at: Databases, about: str) -> AsyncIterator[str]:
    for service, connection in at.items():
        for (table,) in await connection.fetch(TABLES):
            sql = f"SELECT row_to_json(t)::text FROM {table} t WHERE t::text LIKE $1 LIMIT 10"
            for (row,) in await connection.fetch(sql, f"%{about}%"):
                yield f"{service}.{table}: {row}"


async def _records(kafka: str, about: str) -> AsyncIterator[str]:
    wanted = about.encode()
    async with reader(kafka) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(at) < end for at, end in ends.items() if end]):
            for at, records in (await consumer.getmany(timeout_ms=100)).items():
                for record in records:
                    words = (record.key or b"", record.value or b"", *(value or b"" for _, value in record.headers))
                    if any(wanted in word for word in words):
                        headers = {name: value for name, value in record.headers if name.startswith("ce_")}
                        yield f"{at.topic} {at.partition} {record.offset}: {headers}"
