"""Offices' tokens: who holds one is let in, and operators give and revoke them."""

import secrets
from uuid import UUID, uuid4

from fastapi import Request
from starlette.responses import JSONResponse, Response

from services.complaints.actions import tokens
from services.complaints.model.offices import Token, TokenGiven, TokenNamed
from services.complaints.rules import token as rules
from services.complaints.store.tokens import LISTED, VALID
from shared.auth import Principal
from shared.errors import Problem
from shared.http import Listing, Page, Paging, ReadContext, Reader, authority, refuses
from shared.operator.acts import Act, command, router

LIST = Listing[Token]("tokens", lambda one: (one.source, one.token_id), str, UUID)

routes = router("/tokens")


async def _verify(request: Request, token: str) -> Principal:
    """The office of a token, named by its source."""
    token_id, secret = rules.parts(token) or (UUID(int=0), "")
    rows = await ReadContext(request).fetch(VALID, token_id)
    if not rows or not rules.opens(secret, rows[0]["secret_hash"]):
        raise Problem(401, "invalid-token", "The token is not valid", "Ask an operator for a new one.")
    return Principal(rows[0]["source"], frozenset(["office"]))


OFFICE = authority.token("office", _verify)


@routes.get("")
async def listed(read: Reader, asked: Paging) -> Page[Token]:
    """Tokens of offices, valid and revoked, without their secrets."""
    rows = await read.fetch(LISTED, *LIST.place(asked), asked.rows)
    return LIST.page([Token(**row) for row in rows], asked)


@routes.post("", response_model=TokenGiven, responses=refuses({409: "The office has two valid tokens"}))
async def give(asked: tokens.Give, call: Act) -> Response:
    """Give an office a token; it may have two, so that it can change them. Only this answer shows it."""
    token_id, secret = uuid4(), secrets.token_urlsafe(rules.SECRET_BYTES)
    kept = tokens.Given(**asked.model_dump(), token_id=token_id, secret_hash=rules.hashed(secret))
    status, named, repeated = await call.answer(command("give token", tokens.give), kept)
    return JSONResponse({**named, "token": None if repeated else rules.written(token_id, secret)}, status)


@routes.post("/revoke", response_model=TokenNamed, responses=refuses({404: "There is no such token"}))
async def revoke(asked: tokens.Revoke, call: Act) -> Response:
    """Revoke a token: from now on it is not valid."""
    return await call.act("revoke token", asked, tokens.revoke)
