"""What notifications does by itself: it sends what is due, as long as the process runs."""

import asyncio
import time
from collections.abc import Collection, Coroutine
from functools import partial
from typing import Any

import structlog

from services.notifications.actions.deliver import Lot, Office, expire, send, take
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


def open_office(app: App) -> Office:
    """All that sending needs, as the settings say."""
    s = app.settings
    channels: dict[Medium, Channel] = {
        Medium.EMAIL: mail_server(s),
        Medium.INBOX: Inbox(partial(put_in_inbox, app.pool)),
    }
    return Office(app.runner, Vault(s.complaints_url, app.tokens.own), letters(s), channels)


async def check_templates(app: App) -> None:
    """Refuse to start with a template that can't be written. Raises SetupError."""
    letters(app.settings).check()


async def deliver(app: App) -> None:
    """Send lot after lot; when nothing more is due, wait until something is put on its way, or look again by and by."""
    office = open_office(app)
    mailing: set[asyncio.Task[int]] = set()
    looked = 0.0
    try:
        await office.warm()
        while True:
            if time.monotonic() - looked > EXPIRE_SECONDS:
                await _finish(_safely(expire(office)))
                looked = time.monotonic()
            advanced = app.runner.advanced.count
            if await _finish(_safely(_begin(app, office, mailing, advanced))) < office.policy.lot:
                await app.runner.advanced.after(advanced, LOOK_SECONDS)
    finally:
        await _end(mailing)
        await office.close()


async def _begin(app: App, office: Office, mailing: set[asyncio.Task[int]], advanced: int) -> int:
    """Send a lot, its mails beside: while they are under way only the inbox is looked after, and waits for nobody."""
    lot = await take(office, [medium for medium in Medium if office.channels[medium].repeatable or not mailing])
    if lot.beyond.letters:
        mails = asyncio.create_task(_safely(_mail(app, office, lot, advanced)))
        mailing.add(mails)
        mails.add_done_callback(mailing.discard)
    await send(office, lot.here)
    return len(lot.claimed)


async def _mail(app: App, office: Office, lot: Lot, advanced: int) -> int:
    """Send the mails of a lot; then wake the loop, if there may be more."""
    await send(office, lot.beyond)
    if app.runner.advanced.count > advanced or len(lot.claimed) >= office.policy.lot:
        app.runner.advanced.set()
    return len(lot.beyond.letters)


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
        await _end({lot})
        raise


async def _end(begun: Collection[asyncio.Task[int]]) -> None:
    if begun:
        _, late = await asyncio.wait(begun, timeout=FINISH_SECONDS)
        for one in late:
            one.cancel()
