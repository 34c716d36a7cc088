"""A mail provider that misbehaves, at random, for as long as a file is there.

`python -m tests.faults.provider PORT LEDGER SEED FILE`. What it does with a mail is noted beside the ledger before the
client can know of it, a line each: the delivery and the word. A mail that it has kept and put off it knows again by its
Message-ID, as a provider may; one that it has accepted, or kept without an answer, it does not: coming a second time,
that has two lines in the ledger.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from random import Random

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.chosen import HOST
from deploy.local.mailsink import Ledger, parse, serve

LATE, CUT, PUT_OFF, REFUSED = "late", "cut", "put-off", "refused"
WAYS: Mapping[str, int] = {"honest": 50, LATE: 6, CUT: 9, PUT_OFF: 15, REFUSED: 10}
"""How often it does what with a whole mail, by the words that are noted.

Kept: answered too late, or not at all; answered "451 try again". Refused: "554", and not kept, since by RFC 5321, 4.2
no client may hope for more behind such an answer.
"""
LATE_SECONDS = 4.0
TOO_MANY, BUSY_BOX = 0.06, 0.06
"""How often it says 421 (and hangs up) to a sender, 450 to a recipient: what a provider over HTTP says with 429."""


class Provider(Ledger):
    """The ledger of a misbehaving one."""

    def __init__(self, ledger: Path, seed: str, file: Path) -> None:
        super().__init__(ledger)
        self._notes = noted(ledger).open("a")
        self._chance, self._flag = Random(seed), file
        self._kept: set[str] = set()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._misbehaves(TOO_MANY):
            asyncio.get_running_loop().call_soon(_transport(server).close)
            return "421 Too many messages, closing the channel"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._misbehaves(BUSY_BOX):
            return "450 Mailbox busy"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        made = parse(envelope).message_id
        if made in self._kept:
            self._kept.discard(made)
            return "250 OK, as before"
        way = self._chance.choices(list(WAYS), list(WAYS.values()))[0] if self._misbehaves(1.0) else "honest"
        self._note(made, way)
        if way == REFUSED:
            return "554 Transaction failed"
        answer = await super().handle_DATA(server, session, envelope)
        if way == PUT_OFF:
            self._kept.add(made)
            return "451 Local error, try again"
        if way == LATE:
            await asyncio.sleep(LATE_SECONDS)
        if way == CUT:
            _transport(server).abort()
        return answer

    def _misbehaves(self, share: float) -> bool:
        return self._flag.exists() and self._chance.random() < share

    def _note(self, made: str, way: str) -> None:
        self._notes.write(f"{made.strip('<>').partition('@')[0]} {way}\n")
        self._notes.flush()


def _transport(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport), "it has a client"
    return server.transport


def noted(ledger: Path) -> Path:
    """Where it says what it did."""
    return ledger.with_suffix(".provider")


def read(ledger: Path, way: str) -> list[str]:
    """The deliveries whose mail was treated in this way."""
    whole, _, _ = noted(ledger).read_text().rpartition("\n")
    return [made for made, how in (line.split() for line in whole.splitlines()) if how == way]


if __name__ == "__main__":
    port, kept, seed, file = sys.argv[1:]
    asyncio.run(serve(HOST, int(port), Provider(Path(kept), seed, Path(file))))
