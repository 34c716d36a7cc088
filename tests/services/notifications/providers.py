"""Stand-ins for what lies outside: a mail provider that misbehaves as told, and the vault of complaints."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from services.notifications.channels.vault import Vault
from tests.serving import serving


@dataclass
class Provider:
    """A real SMTP server whose answers a test chooses: to MAIL, RCPT and DATA; `cut` hangs up after DATA."""

    mail: str = ""
    rcpt: str = ""
    data: str = ""
    cut: bool = False
    port: int = 0
    taken: list[str] = field(default_factory=list)
    connections: int = 0
    held: asyncio.Event | None = None
    transports: list[Any] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.held:
            await self.held.wait()
        if self.cut:
            self.taken += envelope.rcpt_tos
            self.hang_up()
            return "250 never heard"
        if self.data:
            return self.data
        self.taken += envelope.rcpt_tos
        return "250 OK"

    def hold(self) -> asyncio.Event:
        """Let mails wait after DATA until the event is set."""
        self.held = asyncio.Event()
        return self.held

    def hang_up(self) -> None:
        """Close every connection, as a provider does that restarts."""
        for transport in self.transports:
            transport.abort()

    def protocol(self) -> SMTP:
        """A connection's protocol, counted."""
        self.connections += 1
        return _Counted(self)


class _Counted(SMTP):
    def __init__(self, provider: Provider) -> None:
        super().__init__(provider, enable_SMTPUTF8=True, hostname="localhost")
        self.provider = provider

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.provider.transports.append(transport)
        super().connection_made(transport)


@asynccontextmanager
async def provider(**answers: Any) -> AsyncIterator[Provider]:
    """A provider on a free port of loopback."""
    made = Provider(**answers)
    server = await asyncio.get_running_loop().create_server(made.protocol, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


@dataclass
class Complaints:
    """The internal routes of complaints, as `services/complaints` offers them."""

    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, UUID] = field(default_factory=dict)
    bearer: str | None = "Bearer ours"
    away: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)

    def knows(self, complaint: UUID, email: str | None, language: str = "id", **more: str) -> None:
        """Keep a contact in the vault."""
        self.contacts[str(complaint)] = {"complaint_id": str(complaint), "email": email, "language": language, **more}

    def vault(self) -> Vault:
        """A client of these routes."""
        return Vault("http://complaints", _bearer, httpx.ASGITransport(self.web()))

    def web(self) -> FastAPI:
        """The routes themselves."""
        web = FastAPI()
        web.post("/internal/contacts")(self._contacts)
        web.post("/internal/receipts")(self._receipts)
        return web

    async def _receipts(self, request: Request) -> Response:
        found = self.codes.get((await request.json())["receipt_code"])
        return JSONResponse({"complaint_id": str(found)} if found else {}, 200 if found else 404)

    async def _contacts(self, request: Request) -> Response:
        if self.away or self.bearer not in (None, request.headers["authorization"]):
            return JSONResponse({}, 503)
        body = await request.json()
        self.asked.append((body["purpose"], len(body["complaint_ids"])))
        known = [self.contacts[each] for each in body["complaint_ids"] if each in self.contacts]
        return JSONResponse({"contacts": known})


async def _bearer() -> str:
    return "ours"


@asynccontextmanager
async def served(complaints: Complaints) -> AsyncIterator[str]:
    """The internal routes of complaints on a free port."""
    async with serving(complaints.web()) as url:
        yield url
