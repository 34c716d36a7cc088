"""What a route gets of its request: who calls, from where, the way to run a command, and the way to read."""

import asyncio
import json
import re
import uuid
from typing import Annotated, Any

from asyncpg import Record
from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from shared.auth import PUBLIC
from shared.db import Pool
from shared.errors import FieldError, Problem
from shared.http.at_once import at_once
from shared.messaging import requests
from shared.messaging.failures import is_taken_back, patiently
from shared.messaging.requests import Command
from shared.messaging.strangers import Posted
from shared.messaging.tx import Answer
from shared.policy import Policies
from shared.telemetry import traces

SHORTEST_KEY, LONGEST_KEY = 8, 200
READ_SECONDS = 5.0
VISIBLE = re.compile(r"[!-~]+")


class CallContext:
    """A route's request: who calls, from where, and the way to run a command."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.principal: str = request.state.principal.subject
        self.roles: frozenset[str] = request.state.principal.roles
        self.address: str = request.client.host if request.client else ""

    @property
    def app(self) -> Any:
        """The running service."""
        return self.request.app.state.app

    @property
    def settings(self) -> Any:
        """The service's settings."""
        return self.app.settings

    @property
    def door(self) -> requests.Requests:
        """The queue that its commands join."""
        door: requests.Requests = self.app.requests
        return door

    async def answer(self, command: Command, body: BaseModel) -> tuple[int, dict[str, Any], bool]:
        """Run a command: its status, its answer, and whether that is a repetition's. Raises Problem if refused."""
        answer, repeated = await self._submit(command, body, self._key())
        return answer.status, json.loads(answer.body), repeated

    async def run(self, command: Command, body: BaseModel) -> Response:
        """Run a command and give its answer as stored, byte for byte. Raises Problem if refused."""
        answer, _ = await self._submit(command, body, self._key())
        return Response(answer.body, answer.status, media_type="application/json")

    async def _submit(self, command: Command, body: BaseModel, key: str) -> tuple[Answer, bool]:
        call = requests.Call(
            command,
            body,
            self.principal,
            key,
            traceparent=traces.current(),
            request_id=self.request.state.request_id,
        )
        return await self.door.submit(call)

    def _key(self) -> str:
        """The Idempotency-Key; a UUID in any spelling is one key. The public share a principal: theirs is random."""
        key = self.request.headers.get("idempotency-key", "").strip()
        if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not VISIBLE.fullmatch(key):
            size = f"{SHORTEST_KEY} to {LONGEST_KEY} visible ASCII characters"
            form = "that is a random UUID (version 4)" if self.principal == PUBLIC.subject else f"of {size}"
            detail = f"Send a header `Idempotency-Key` {form}; repeat the request with the same key."
            raise Problem(400, "idempotency-key-missing", "This needs an Idempotency-Key", detail)
        named = _uuid(key)
        if self.principal == PUBLIC.subject and (named is None or named.version != 4):
            detail = "Without a login the key must be a random UUID (version 4)."
            raise Problem(400, "idempotency-key-guessable", "This Idempotency-Key is not random", detail)
        return str(named or key)


class PostContext(CallContext):
    """A request with events of a stranger. Each is known by its own id, so that no Idempotency-Key is needed."""

    @property
    def door(self) -> requests.Requests:
        """The queue of what is posted."""
        door: requests.Requests = self.app.strangers
        return door

    async def post(self, command: Command, posted: Posted) -> dict[str, Any]:
        """Let an event take effect, unless it has, and give the answer. Raises Problem if `command` refuses it."""
        try:
            answer, _ = await self._submit(command, posted, posted.message.id)
        except Problem as problem:
            raise id_reused() if problem.code == requests.reused().code else problem from None
        answered: dict[str, Any] = json.loads(answer.body)
        return answered


def id_reused() -> Problem:
    """The event's id names another event already."""
    errors = [FieldError("id", "is that of another event of this source, which stands")]
    return Problem(
        422, "event-id-reused", "This id was used before", "Send the event under an id of its own.", errors=errors
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class ReadContext:
    """Reading for a route: statements of their own, outside any batch."""

    def __init__(self, request: Request) -> None:
        self._app = request.app.state.app

    @property
    def settings(self) -> Any:
        """The service's settings."""
        return self._app.settings

    @property
    def policies(self) -> Policies:
        """The service's policies."""
        policies: Policies = self._app.policies
        return policies

    async def fetch(self, sql: str, *arguments: Any) -> list[Record]:
        """All rows of a statement; one that the server took back is run again."""
        async with asyncio.timeout(READ_SECONDS):
            return await patiently(lambda: self._fetch(sql, arguments), helps=is_taken_back)

    async def _fetch(self, sql: str, arguments: tuple[Any, ...]) -> list[Record]:
        pool: Pool = self._app.pool
        async with pool.acquire(timeout=READ_SECONDS) as connection:
            rows: list[Record] = await connection.fetch(sql, *arguments, timeout=READ_SECONDS)
        return rows

    async def execute(self, sql: str, *arguments: Any) -> None:
        """Run one statement that is its own transaction (an access log, a read mark)."""
        await self.fetch(sql, *arguments)


Call = Annotated[CallContext, at_once(CallContext)]
Post = Annotated[PostContext, at_once(PostContext)]
Reader = Annotated[ReadContext, at_once(ReadContext)]
