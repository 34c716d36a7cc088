"""Mail over SMTP, on a few connections that are kept.

Up to the word DATA nothing has been sent, so any trouble means "again"; behind it a lost answer means "nobody knows".
A server that can't be reached, or refuses us whatever we bring, is away: that says nothing of the mail at hand.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, parseaddr
from functools import partial
from typing import Any

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from services.notifications.model.deliveries import Message, Sent
from services.notifications.model.words import Verb
from shared.mail_address import is_mail_address

TROUBLE = (SMTPException, OSError, TimeoutError)
SERVICE_NOT_AVAILABLE = 421
ALL_OF_OURS = (SMTPConnectResponseError, SMTPHeloError, SMTPAuthenticationError, SMTPSenderRefused)
"""The server refuses to serve, or our login, or our sender: for good or not, that says nothing of this mail."""


class Email:
    """At most `connections` mails are under way at once. `timeout` in seconds, for each word of the protocol."""

    repeatable = False

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        connections: int = 4,
        timeout: float = 10.0,
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        self._sender = sender
        self._open = partial(SMTP, hostname=host, port=port, timeout=timeout, username=username, password=password)
        self.turns: AbstractAsyncContextManager[Any] = asyncio.Semaphore(connections)
        self._free: asyncio.LifoQueue[Line] = asyncio.LifoQueue()
        for _ in range(connections):
            self._free.put_nowait(Line(self._open(), parseaddr(sender)[1]))

    async def send(self, message: Message) -> Sent:
        """Send one mail. Its Message-ID is the delivery's id, so that a provider can drop a repetition."""
        if not is_mail_address(message.address):
            return Sent(Verb.REFUSE, "address")
        try:
            content = _mail(message, self._sender).as_bytes()
        except (ValueError, UnicodeError, IndexError):
            return Sent(Verb.REFUSE, "address")
        line = await self._free.get()
        try:
            return await line.send(message.address, content)
        finally:
            self._free.put_nowait(line)

    async def greet(self) -> None:
        """Say all that comes before a recipient, on a connection of its own. Raises what a mail of ours would meet."""
        client = self._open()
        try:
            await client.connect()
            await client.mail(parseaddr(self._sender)[1])
            await client.rset()
            await client.quit()
        finally:
            client.close()

    async def close(self) -> None:
        """End the connections."""
        while not self._free.empty():
            self._free.get_nowait().client.close()


class Line:
    """One connection, opened when needed."""

    def __init__(self, client: SMTP, sender: str) -> None:
        self.client = client
        self.sender = sender

    async def send(self, to: str, content: bytes) -> Sent:
        """One mail; the connection is left ready for the next, or closed."""
        sent = await _said(self._envelope(to), cut=Verb.POSTPONE)
        if sent.verb is Verb.ACCEPT:
            sent = await _said(self._content(content), cut=Verb.LOSE)
        if sent.verb is not Verb.ACCEPT:
            await self._reset()
        return sent

    async def _envelope(self, to: str) -> None:
        """Say from whom and to whom. A kept connection may have died since: then once more on a new one."""
        if self.client.is_connected:
            try:
                await self._address(to)
            except SMTPServerDisconnected:
                self.client.close()
            else:
                return
        await self.client.connect()
        await self.client.ehlo()
        await self._address(to)

    async def _address(self, to: str) -> None:
        international = not to.isascii()
        if international and not self.client.supports_extension("smtputf8"):
            raise SMTPRecipientRefused(553, "no SMTPUTF8", to)
        options, encoding = (["SMTPUTF8"], "utf-8") if international else ([], "ascii")
        await self.client.mail(self.sender, options=options, encoding=encoding)
        await self.client.rcpt(to, encoding=encoding)

    async def _content(self, content: bytes) -> None:
        await self.client.data(content)

    async def _reset(self) -> None:
        """A mail that was refused must not spoil the next one."""
        try:
            if self.client.is_connected:
                await self.client.rset()
        except TROUBLE:
            self.client.close()


async def _said(words: Awaitable[None], *, cut: Verb) -> Sent:
    """What the server says to some words; `cut` is what it means when the answer does not come."""
    try:
        await words
    except ALL_OF_OURS as error:
        return Sent(Verb.POSTPONE, f"smtp {error.code}")
    except SMTPResponseException as error:
        return Sent(_meant(error.code), f"smtp {error.code}")
    except ValueError:
        return Sent(Verb.REFUSE, "address")
    except TROUBLE as error:
        return Sent(cut, f"smtp {type(error).__name__}")
    return Sent(Verb.ACCEPT)


def _meant(code: int) -> Verb:
    """What a reply says (RFC 5321, 4.2.1): 421 closes the channel, another 4xx is for now, a 5xx for good."""
    if code == SERVICE_NOT_AVAILABLE:
        return Verb.POSTPONE
    return Verb.RETRY if 400 <= code < 500 else Verb.REFUSE


def _mail(message: Message, sender: str) -> EmailMessage:
    mail = EmailMessage(policy=WIRE if message.address.isascii() else WIRE.clone(utf8=True))
    mail["From"] = sender
    mail["To"] = message.address
    mail["Subject"] = message.subject
    mail["Message-ID"] = f"<{message.delivery_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.text)
    return mail
