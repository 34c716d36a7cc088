"""What an operator does over HTTP: a command on a queue of its own, with its audit row in the same transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

from aiokafka.errors import KafkaError
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from shared.errors import Problem
from shared.http import CallContext, Router, authority
from shared.http.at_once import at_once
from shared.messaging import audit
from shared.messaging.requests import Command, Requests
from shared.messaging.tx import Cause, Tx

Places = list[Mapping[str, Any]]


def router(path: str = "") -> APIRouter:
    """Routes under `/operator`, for operators."""
    return Router(prefix=f"/operator{path}", tags=["operator"], dependencies=[authority.role("operator")])


def asked(**example: Any) -> ConfigDict:
    """The configuration of what is sent: unknown fields are refused."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


def answered(**example: Any) -> ConfigDict:
    """The configuration of what is shown; it takes what it needs of a row."""
    return ConfigDict(json_schema_extra={"examples": [example]})


@asynccontextmanager
async def asking_the_broker() -> AsyncIterator[None]:
    """Around what asks the broker: while it is away, Problem 503."""
    try:
        yield
    except (KafkaError, OSError) as error:
        title = f"The broker can't be reached ({type(error).__name__})"
        raise Problem(503, "broker-away", title, retry_after=5) from error


class Because(BaseModel):
    """Every act says why; it is kept in the audit."""

    reason: str = Field(min_length=3, max_length=500)


A = TypeVar("A", bound=Because)
Work = Callable[[Tx, A], Awaitable[tuple[BaseModel, Places]]]


def command(what: str, work: Work[A]) -> Command:
    """The command of an act: `work` gives the answer and the places that it concerned, or raises Problem."""

    async def verb(tx: Tx, causes: Sequence[Cause[Any]]) -> None:
        for cause in causes:
            try:
                answer, places = await work(tx, cause.body)
            except Problem as problem:
                tx.refuse(cause, problem)
            else:
                await audit.keep(tx.connection, cause.principal, what, places, cause.body.reason)
                tx.answer(cause, answer)

    return Command(f"operator {what}", verb)


class ActContext(CallContext):
    """An operator's request."""

    @property
    def door(self) -> Requests:
        """Operators' own queue."""
        door: Requests = self.app.operations
        return door

    async def act(self, what: str, body: A, work: Work[A]) -> Response:
        """Do it once for an Idempotency-Key, and give the answer as stored. Raises Problem if refused."""
        return await self.run(command(what, work), body)


Act = Annotated[ActContext, at_once(ActContext)]
