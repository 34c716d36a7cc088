"""A rotation of the issuer's keys logs nobody out; a withdrawn key ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy.local.issuer import rotate, withdraw
from deploy.local.stack import Stack
from deploy.local.temporary import temporary_folder
from shared import auth
from shared.auth import Verifier
from shared.dependencies import Dependencies
from shared.errors import Problem
from tests.until import until


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    """One of our own: its keys are withdrawn."""
    async with temporary_folder("token-keys") as folder:
        stack = Stack(folder, programs=[])
        yield stack
        await stack.stop()


@pytest.fixture
async def issuer(stack: Stack) -> Stack:
    await stack.start("issuer")
    return stack


@pytest.fixture
def verifier(issuer: Stack, monkeypatch: pytest.MonkeyPatch) -> Verifier:
    monkeypatch.setattr(auth, "REFRESH_SECONDS", 0.05)
    return Verifier(issuer.issuer, "salor")


async def is_valid(verifier: Verifier, token: str) -> bool:
    try:
        return "officer" in (await verifier.verify(token)).roles
    except Problem as problem:
        if problem.status != 401:
            raise
        return False


async def test_a_rotation_voids_no_token_and_a_withdrawn_key_is_refused(issuer: Stack, verifier: Verifier) -> None:
    old = await issuer.token(["officer"])
    assert await is_valid(verifier, old)
    rotate(issuer.token_keys)
    new = await issuer.token(["officer"])
    await until(lambda: is_valid(verifier, new))
    assert await is_valid(verifier, old), "both are published"
    withdraw(issuer.token_keys)
    watching = asyncio.create_task(Dependencies().watch("issuer", verifier.refresh, every=0.2))
    await until(lambda: is_refused(verifier, old))
    watching.cancel()
    assert await is_valid(verifier, new)


async def is_refused(verifier: Verifier, token: str) -> bool:
    return not await is_valid(verifier, token)


async def test_a_restart_and_a_second_rotation_keep_the_key_that_signed_last(issuer: Stack, verifier: Verifier) -> None:
    rotate(issuer.token_keys)
    second = await issuer.token(["officer"])
    await issuer.restart("issuer")
    rotate(issuer.token_keys)
    assert await is_valid(verifier, second)
    assert await is_valid(verifier, await issuer.token(["officer"]))


async def test_while_the_issuer_is_away_the_last_keys_serve_and_it_is_not_asked_by_each_request(
    issuer: Stack, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await issuer.token(["officer"])
    assert await is_valid(verifier, token)
    await issuer.stop()
    before = verifier.asked_at
    await until(lambda: asks_again(verifier, before))
    asked = verifier.asked_at
    monkeypatch.setattr(auth, "REFRESH_SECONDS", 60.0)
    assert await is_refused(verifier, "of an unknown key")
    assert await is_valid(verifier, token)
    assert verifier.asked_at == asked


async def asks_again(verifier: Verifier, before: float) -> bool:
    """A token of no known key made it ask, in vain."""
    return await is_refused(verifier, "of an unknown key") and verifier.asked_at > before
