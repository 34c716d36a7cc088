"""A service that is told to stop under load ends in time, and nothing is half done; nothing else ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.local.program import ROOT, Program
from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from tests.servers import Database
from tests.until import until

CLIENTS, ANSWERS = 30, 30
SECONDS = 6.0
REPORT = {"category": "undue_delay", "text": "Too slow."}
COUNTS = """SELECT (SELECT count(*) FROM complaint), (SELECT count(*) FROM reporter),
    (SELECT count(*) FROM request WHERE status = 201), (SELECT count(*) FROM request),
    (SELECT count(*) FROM outbox WHERE type LIKE '%ComplaintFiled%')"""
LEFT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'salor-%'"

Start = Callable[..., Awaitable["Process"]]


class Process:
    """The complaints service as a process of its own."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process, url: str, said: Path) -> None:
        self.program, self.process, self.url, self.said = program, process, url, said
        self.told: list[str] = []

    async def stop(self) -> tuple[int, float]:
        """SIGTERM. Gives its code, and how many seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), 30)
        return code, time.monotonic() - began

    async def file(self, client: httpx.AsyncClient) -> None:
        """File for as long as it answers."""
        while True:
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            try:
                answer = await client.post(f"{self.program.address}/complaints", json=REPORT, headers=headers)
            except httpx.HTTPError:
                return
            if answer.status_code == 201:
                self.told.append(answer.json()["complaint_id"])


@pytest.fixture
async def start(kafka_address: str, topic_prefix: str, database: Database) -> AsyncIterator[Start]:
    running: list[asyncio.subprocess.Process] = []
    async with temporary_folder("shutdown") as folder:

        async def begin(ready: bool = True, **environment: str) -> Process:
            url = environment.get("SALOR_DATABASE_URL") or await database("complaints")
            more = {"SALOR_TOPIC_PREFIX": topic_prefix, "SALOR_SHUTDOWN_SECONDS": str(SECONDS), **environment}
            stack = Stack(folder, kafka=kafka_address, databases={"complaints": url, **OTHERS}, environment=more)
            program = next(program for program in stack.programs if program.name.startswith("complaints"))
            process = await spawn(program, folder / "said")
            running.append(process)
            if ready:
                await until(lambda: answers(program), 30)
            return Process(program, process, url, folder / "said")

        yield begin
        for process in running:
            if process.returncode is None:
                process.kill()
                await process.wait()


OTHERS = dict.fromkeys(("evaluation", "training", "notifications"), "postgresql://nowhere")


async def spawn(program: Program, said: Path) -> asyncio.subprocess.Process:
    env: Mapping[str, str] = {**os.environ, **program.env}
    with said.open("wb") as file:
        return await asyncio.create_subprocess_exec(*program.command(), env=env, cwd=ROOT, stderr=file)


async def answers(program: Program) -> bool:
    try:
        return await program.ready()
    except OSError:
        return False


async def counts(url: str) -> tuple[int, ...]:
    connection = await asyncpg.connect(url)
    try:
        return tuple(await connection.fetchrow(COUNTS) or ())
    finally:
        await connection.close()


async def test_sigterm_under_load_ends_with_code_0_in_time_and_nothing_half_done(start: Start) -> None:
    service = await start()
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        clients = [asyncio.create_task(service.file(client)) for _ in range(CLIENTS)]
        await until(lambda: len(service.told) >= ANSWERS, 30)
        code, seconds = await service.stop()
        await asyncio.gather(*clients)
    assert code == 0
    assert seconds < SECONDS
    complaints, *others = await counts(service.url)
    assert others == [complaints] * 4
    assert len(service.told) <= complaints
    connection = await asyncpg.connect(service.url)
    filed = {str(row[0]) for row in await connection.fetch("SELECT complaint_id FROM complaint")}
    assert await connection.fetchval(LEFT) == 0
    await connection.close()
    assert set(service.told) <= filed


async def test_requests_that_the_database_holds_up_are_let_go_and_leave_no_trace(start: Start) -> None:
    service = await start()
    holder = await asyncpg.connect(service.url)
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client, holder.transaction():
        await holder.execute("LOCK TABLE reporter IN EXCLUSIVE MODE")
        clients = [asyncio.create_task(service.file(client)) for _ in range(3)]
        await until(lambda: is_blocked(holder))
        code, seconds = await service.stop()
        await asyncio.gather(*clients)
    await holder.close()
    assert (code, service.told) == (0, [])
    assert seconds < SECONDS
    await until(lambda: nothing_there(service.url))


async def is_blocked(connection: asyncpg.Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await connection.fetchval(waiting))


async def nothing_there(url: str) -> bool:
    return await counts(url) == (0, 0, 0, 0, 0)


async def test_a_service_that_waits_for_its_database_can_be_stopped_too(start: Start) -> None:
    service = await start(ready=False, SALOR_DATABASE_URL="postgresql://x:x@127.0.0.1:1/x")
    await until(lambda: "waiting_to_start" in service.said.read_text(), 30)
    code, seconds = await service.stop()
    assert code == 0
    assert seconds < SECONDS


async def test_writing_where_nobody_reads_any_more_does_not_end_a_service(start: Start) -> None:
    """The system sends SIGPIPE for it: a database connection that was cut a moment ago is enough."""
    service = await start()
    service.process.send_signal(signal.SIGPIPE)
    assert await answers(service.program)
    code, _ = await service.stop()
    assert code == 0
