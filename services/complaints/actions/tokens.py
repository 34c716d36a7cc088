"""Tokens of offices: an operator gives and revokes them."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.complaints.model.offices import GIVEN_ID, SOURCE, TokenNamed
from services.complaints.store import tokens
from shared.errors import Problem
from shared.messaging.record import LONGEST
from shared.messaging.tx import Tx
from shared.operator.acts import Because, Places, asked
from shared.wording import InWords


class Give(Because):
    """For whom a token is, and why. What is kept of it is made by us, and no part of what a repetition must equal."""

    model_config = asked(source=SOURCE, reason="the office at the market sends its reports from today")

    source: Annotated[
        str,
        Field(pattern=r"^[!-~]+$", max_length=LONGEST),
        InWords(f"must be a URI: at most {LONGEST} visible ASCII characters"),
    ]


class Given(Give):
    """The same, with what is kept of the new token."""

    token_id: UUID = Field(exclude=True)
    secret_hash: bytes = Field(exclude=True)


class Revoke(Because):
    """Which token, and why."""

    model_config = asked(token_id=GIVEN_ID, reason="the office has changed to its new one")

    token_id: UUID


async def give(tx: Tx, body: Given) -> tuple[BaseModel, Places]:
    """Keep a new token. Raises Problem 409 where the office has two."""
    if not await tokens.give(tx, body.token_id, body.source, body.secret_hash):
        raise Problem(409, "two-tokens", "This office has two valid tokens", "Revoke one first.")
    return _named(body.source, body.token_id)


async def revoke(tx: Tx, body: Revoke) -> tuple[BaseModel, Places]:
    """Make a token invalid from now on. Raises Problem 404."""
    source = await tokens.revoke(tx, body.token_id)
    if source is None:
        raise Problem(404, "unknown-token", "There is no such token")
    return _named(source, body.token_id)


def _named(source: str, token_id: UUID) -> tuple[BaseModel, Places]:
    named = TokenNamed(source=source, token_id=token_id)
    return named, [named.model_dump(mode="json")]
