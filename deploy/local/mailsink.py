"""A mail server that keeps each mail in a ledger: `python -m deploy.local.mailsink --port P --ledger F`.

It listens on loopback unless `--host` says else. With `--busy` every other attempt at a mail is put off.
"""

from __future__ import annotations

import argparse
import asyncio
import email
import email.policy
import json
import os
import signal
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.chosen import HOST


@dataclass(frozen=True)
class Mail:
    """One accepted mail, as it is written: one JSON line each."""

    received_at: str
    sender: str
    recipients: list[str]
    subject: str
    message_id: str
    headers: dict[str, str]
    text: str


def read(ledger: Path) -> list[Mail]:
    """All mails so far; a line that is just being written does not count yet."""
    if not ledger.exists():
        return []
    whole, _, _ = ledger.read_text().rpartition("\n")
    return [Mail(**json.loads(line)) for line in whole.splitlines()]


class Ledger:
    """Accepts a mail only when it is on the disk; a busy one only at the second attempt, the fourth, and so on."""

    def __init__(self, file: Path, *, busy: bool = False) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        _cut_half_line(file)
        self._file = file.open("a")
        self._busy, self._put_off = busy, set[str]()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        mail = parse(envelope)
        if self._busy and mail.message_id not in self._put_off:
            self._put_off.add(mail.message_id)
            return "451 Busy, try again later"
        self._put_off.discard(mail.message_id)
        self._file.write(json.dumps(asdict(mail), ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return "250 OK"


def parse(envelope: Envelope) -> Mail:
    """A mail as its client handed it over."""
    content = envelope.original_content or b""
    message = email.message_from_bytes(content, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    return Mail(
        received_at=datetime.now(UTC).isoformat(),
        sender=envelope.mail_from or "",
        recipients=list(envelope.rcpt_tos),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")),
        headers={name: str(value) for name, value in message.items()},
        text=body.get_content() if body is not None else "",
    )


def _cut_half_line(file: Path) -> None:
    """What a killed sink had not finished was never accepted."""
    if file.exists():
        content = file.read_bytes()
        os.truncate(file, content.rfind(b"\n") + 1)


async def answers(port: int) -> bool:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        return (await reader.readline()).startswith(b"220")
    finally:
        writer.close()


async def serve(host: str, port: int, handler: Ledger) -> None:
    """Take mails until SIGTERM."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    server = await loop.create_server(lambda: SMTP(handler, enable_SMTPUTF8=True, hostname="localhost"), host, port)
    async with server:
        await over.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--busy", action="store_true", help="put every other attempt at a mail off (451)")
    options = parser.parse_args()
    asyncio.run(serve(options.host, options.port, Ledger(options.ledger, busy=options.busy)))


if __name__ == "__main__":
    main()
