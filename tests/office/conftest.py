"""Services behind a real HTTP server, each on its bench, and people who type commands to them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from office import main
from services.notifications.app import service as notifications
from shared.service import App, web
from tests.servers import Database
from tests.services.complaints.conftest import complaints, staffed
from tests.services.evaluation.conftest import evaluation
from tests.services.notifications.test_channels import SETTINGS
from tests.services.training.conftest import training
from tests.serving import serving
from tests.support import Bench, bench

__all__ = ["complaints", "evaluation", "staffed", "training"]

Salor = Callable[..., Any]


@pytest.fixture
async def cases(staffed: Bench, issuer: Stack, salor: Salor, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Salor]:
    """The command line to the complaints service, which knows some officers."""
    async with _served(staffed, issuer, monkeypatch):
        yield salor


@pytest.fixture
async def results(
    evaluation: Bench, issuer: Stack, salor: Salor, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Salor]:
    """The command line to the evaluation service."""
    async with _served(evaluation, issuer, monkeypatch):
        yield salor


@pytest.fixture
async def trainings(
    training: Bench, issuer: Stack, salor: Salor, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Salor]:
    """The command line to the training service, with a small catalogue."""
    async with _served(training, issuer, monkeypatch):
        yield salor


@pytest.fixture
async def told(database: Database) -> AsyncIterator[Bench]:
    """The notifications service, which sends nothing by itself."""
    async with bench(notifications, await database("notifications"), **SETTINGS) as made:
        yield made


@pytest.fixture
async def messages(told: Bench, issuer: Stack, salor: Salor, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Salor]:
    """The command line to the notifications service."""
    async with _served(told, issuer, monkeypatch):
        yield salor


@pytest.fixture
def salor(issuer: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Salor:
    """`code, said, wrong = await salor(OFFICER, "list")`: what somebody types, in a thread of its own."""

    tokens: dict[tuple[UUID, tuple[str, ...]], str] = {}

    async def run(who: UUID, *arguments: str, roles: tuple[str, ...] = ("officer",)) -> tuple[int, str, str]:
        if (who, roles) not in tokens:
            tokens[who, roles] = await issuer.token(roles, str(who))
        monkeypatch.setenv("SALOR_TOKEN", tokens[who, roles])
        capsys.readouterr()
        code = await asyncio.to_thread(main, arguments)
        said, wrong = capsys.readouterr()
        return code, said, wrong

    return run


@contextlib.asynccontextmanager
async def _served(bench: Bench, issuer: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    settings = bench.settings.model_copy(update={"issuer": issuer.issuer, "roles": ("api",)})
    app = App(bench.service, settings, bench.pool, bench.policies)
    with capture_logs():  # they would come between the lines that are read
        async with serving(web(app)) as url:
            monkeypatch.setenv("SALOR_SERVICES", f"{bench.service.name}={url}")
            monkeypatch.setenv("COLUMNS", "200")
            yield
