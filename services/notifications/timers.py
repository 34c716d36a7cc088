"""What notifications does by itself: it sends what is due, as long as the process runs."""

import asyncio
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any

import structlog

from services.notifications.actions.deliver import Office, expire
from services.notifications.actions.deliver import deliver as send_lot
from services.notifications.channels import Channel
from services.notifications.channels.email import Email
from services.notifications.channels.inbox import Inbox
from services.notifications.channels.letters import Letters
from services.notifications.channels.vault import Vault
from services.notifications.model.words import Medium
from services.notifications.settings import NotificationSettings
from services.notifications.store.inbox import put_in_inbox
from shared.messaging.timers import Timers
from shared.service import App

log = structlog.get_logger()
timers = Timers()

LOOK_SECONDS = 0.2
"""For what is due again, or was put on its way by another process; what this one puts on its way wakes the loop."""
EXPIRE_SECONDS = 2.0
FINISH_SECONDS = 5.0
TROUBLE_SECONDS = 1.0


def mail_server(s: NotificationSettings) -> Email:
    """The way to the mail server, as the settings say."""
    return Email(
        s.smtp_host,
        s.smtp_port,
        s.mail_sender,
        connections=s.smtp_connections,
        timeout=s.smtp_timeout_seconds,
        username=s.smtp_username,
        password=s.smtp_password.get_secret_value() if s.smtp_password else None,
    )


def letters(settings: NotificationSettings) -> Letters:
    """The letters of this district."""
    return Letters(settings.district, settings.zone)


def open_office(app: App, medium: Medium) -> Office:
    """All that sending by a channel needs, as the settings say."""
    s = app.settings
    channel: Channel = mail_server(s) if medium is Medium.EMAIL else Inbox(partial(put_in_inbox, app.pool))
    return Office(app.runner, Vault(s.complaints_url, app.tokens.own), letters(s), {medium: channel})


async def check_templates(app: App) -> None:
    """Refuse to start with a template that can't be written. Raises SetupError."""
    letters(app.settings).check()


async def mail(app: App) -> None:
    """Send what is due by mail; beside the inbox, so that a mail server that hangs keeps nobody waiting there."""
    await deliver(app, Medium.EMAIL)


async def show(app: App) -> None:
    """Show what is due in the inbox."""
    await deliver(app, Medium.INBOX)


async def deliver(app: App, medium: Medium) -> None:
    """Send lot after lot; when nothing more is due, wait until something is put on its way, or look again by and by."""
    office = open_office(app, medium)
    looked = 0.0
    try:
        await office.warm()
        while True:
            if time.monotonic() - looked > EXPIRE_SECONDS:
                await _finish(_safely(expire(office)))
                looked = time.monotonic()
            advanced = app.runner.advanced.count
            if await _finish(_safely(send_lot(office, medium))) < office.policy.lot:
                await app.runner.advanced.after(advanced, LOOK_SECONDS)
    finally:
        await office.close()


async def watch_mail(app: App) -> None:
    """Let health know of a mail server that is away or hangs, also while there is nothing to send."""
    await app.dependencies.watch("mail", mail_server(app.settings).greet)


async def _safely(work: Coroutine[Any, Any, int]) -> int:
    """The loop outlives a lot that fails: its leases run out, and what was not begun is sent again."""
    try:
        return await work
    except Exception as error:
        log.warning("delivery_lot_failed", error=type(error).__name__)
        await asyncio.sleep(TROUBLE_SECONDS)
        return 0


async def _finish(work: Coroutine[Any, Any, int]) -> int:
    """Let a lot that has begun end and be recorded, also when the process is stopped."""
    lot = asyncio.create_task(work)
    try:
        return await asyncio.shield(lot)
    except asyncio.CancelledError:
        await asyncio.wait({lot}, timeout=FINISH_SECONDS)
        lot.cancel()
        raise
