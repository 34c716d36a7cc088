"""Intake by hand: the same rows in group commit, behind bare FastAPI or raw ASGI (BENCH_FORM). `python -m` runs it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import Response

FLUSH = """SELECT limit_intake($1::text[], $2::bytea[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[],
    $8::bytea[], $9::text[], $10::text[], $11::uuid[], $12::text[], $13::bytea[])"""
LOT = 500
BUCKETS = 1024


@dataclass(slots=True)
class Filing:
    """A filing that waits for its COMMIT."""

    key: str
    raw: bytes
    address: str
    done: asyncio.Future[bytes]


class Intake:
    """One flusher: what came together is committed together, and answered afterwards."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Filing] = asyncio.Queue(2_000)

    async def file(self, key: str, raw: bytes, address: str) -> bytes:
        """The answer, once it is committed."""
        filing = Filing(key, raw, address, asyncio.get_running_loop().create_future())
        self.queue.put_nowait(filing)
        return await filing.done

    async def run(self) -> None:
        """Flush for ever, on one connection: a pool would reset it after each lot, which is a round trip."""
        connection = await asyncpg.connect(os.environ["BENCH_DATABASE"])
        while True:
            lot = [await self.queue.get()]
            while len(lot) < LOT and not self.queue.empty():
                lot.append(self.queue.get_nowait())
            await self._flush(connection, lot)

    async def _flush(self, connection: asyncpg.Connection[asyncpg.Record], lot: list[Filing]) -> None:
        columns: list[list[Any]] = [list(column) for column in zip(*map(_row, lot), strict=True)]
        *rows, mails, addresses = columns
        subjects = [*addresses, *mails]
        names = sorted(
            {int.from_bytes(hashlib.blake2b(s.encode(), digest_size=4).digest()) % BUCKETS for s in subjects}
        )
        keys, hashes, ids, categories, texts, emails, receipts, voices, events, payloads, answers = rows
        await connection.execute(
            FLUSH, keys, hashes, names, ids, categories, texts, emails, receipts, voices, subjects, events, payloads,
            answers,
        )  # fmt: skip
        for filing, answer in zip(lot, answers, strict=True):
            filing.done.set_result(answer)


def _row(filing: Filing) -> tuple[Any, ...]:
    body = json.loads(filing.raw)
    email = body["contact"]["email"]
    digest = hashlib.sha256(filing.key.encode()).digest()
    complaint_id, event_id = uuid.UUID(bytes=digest[:16]), uuid.UUID(bytes=digest[16:])
    receipt = hashlib.sha256(digest).digest()
    voice, address = (hashlib.sha256(text.encode()).hexdigest() for text in (email, filing.address))
    payload = (
        f'{{"complaint_id":"{complaint_id}","category":"{body["category"]}","part":"delay","trigger":"at_filing",'
        f'"day":"2026-03-02","filed_at":"2026-03-02T00:00:00Z","reporter_ref":"{voice}","visibility":"open",'
        '"service":null,"unit":null,"evidence_id":null,"employee_id":null}'
    )
    answer = f'{{"complaint_id":"{complaint_id}","status":"received","receipt_code":"{receipt.hex()[:20]}"}}'.encode()
    return (
        filing.key, hashlib.sha256(filing.raw).digest(), complaint_id, body["category"], body["text"], email, receipt,
        voice, event_id, payload, answer, voice, address,
    )  # fmt: skip


intake = Intake()


@asynccontextmanager
async def _lifespan(_: FastAPI) -> Any:
    task = asyncio.create_task(intake.run())
    yield
    task.cancel()


def fast_api() -> FastAPI:
    """Bare FastAPI: no validation, no authority, no middleware."""
    web = FastAPI(lifespan=_lifespan)

    @web.post("/complaints")
    async def file(request: Request) -> Response:
        headers = request.headers
        answer = await intake.file(headers["idempotency-key"], await request.body(), headers["x-forwarded-for"])
        return Response(answer, 201, media_type="application/json")

    return web


async def raw_asgi(scope: Any, receive: Any, send: Any) -> None:
    """ASGI by hand."""
    if scope["type"] == "lifespan":
        await _lifespan_by_hand(receive, send)
        return
    headers = dict(scope["headers"])
    message = await receive()
    raw = message["body"]
    while message["more_body"]:
        message = await receive()
        raw += message["body"]
    answer = await intake.file(headers[b"idempotency-key"].decode(), raw, headers[b"x-forwarded-for"].decode())
    content = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": content})
    await send({"type": "http.response.body", "body": answer})


async def _lifespan_by_hand(receive: Any, send: Any) -> None:
    await receive()
    task = asyncio.create_task(intake.run())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    task.cancel()
    await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    app: Any = raw_asgi if os.environ["BENCH_FORM"] == "asgi" else fast_api()
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["BENCH_PORT"]), log_level="warning", access_log=False)
