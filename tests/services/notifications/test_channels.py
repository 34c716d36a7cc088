"""One behaviour for all channels, and what each answer of a mail provider means."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from uuid import UUID, uuid4

import pytest

from services.notifications.app import service
from services.notifications.channels import Channel
from services.notifications.channels.email import Email
from services.notifications.channels.inbox import Inbox
from services.notifications.model.deliveries import Message, Sent
from services.notifications.model.words import Verb
from services.notifications.store.inbox import inbox, put_in_inbox
from tests.servers import Database, MailSink
from tests.services.notifications.providers import provider
from tests.support import bench

SENDER = "Kecamatan Salor <jangan-balas@salor.example>"
Shown = Callable[[str], Awaitable[list[tuple[str, str]]]]


def message(address: str, subject: str = "Halo, Ñ", text: str = "Baris satu.\n.Baris dua\n") -> Message:
    return Message(uuid4(), address, "id", subject, text)


def email(port: int, host: str = "127.0.0.1", connections: int = 2, timeout: float = 5.0) -> Email:
    return Email(host, port, SENDER, connections=connections, timeout=timeout)


@pytest.fixture(params=["email", "inbox"])
async def channel(
    request: pytest.FixtureRequest, database: Database, mail_sink: MailSink
) -> AsyncIterator[tuple[Channel, Shown, str]]:
    """A channel, what its recipients see (subject, text), and an address of its kind."""
    async with AsyncExitStack() as stack:
        if request.param == "email":
            made: Channel = email(mail_sink.port, mail_sink.host)

            async def mails(address: str) -> list[tuple[str, str]]:
                return [(m.subject, m.text) for m in mail_sink.mails() if m.recipients == [address]]

            yield made, mails, f"{uuid4()}@salor.example"
        else:
            opened = await stack.enter_async_context(bench(service, await database("notifications"), **SETTINGS))
            made = Inbox(partial(put_in_inbox, opened.pool))

            async def entries(address: str) -> list[tuple[str, str]]:
                found = await inbox(opened.pool, UUID(address), None, 100)
                return [(entry.subject, entry.text) for entry in found]

            yield made, entries, str(uuid4())
        await made.close()


SETTINGS = {"smtp_host": "127.0.0.1", "smtp_port": 1, "complaints_url": "http://complaints"}


async def test_a_message_arrives_whole_at_its_recipient(channel: tuple[Channel, Shown, str]) -> None:
    way, shown, address = channel
    assert await way.send(message(address)) == Sent(Verb.ACCEPT)
    assert [(s, t.replace("\r\n", "\n")) for s, t in await shown(address)] == [("Halo, Ñ", "Baris satu.\n.Baris dua\n")]


async def test_many_messages_at_once_all_arrive(channel: tuple[Channel, Shown, str]) -> None:
    way, shown, address = channel
    sent = await asyncio.gather(*(way.send(message(address, subject=f"n{n}")) for n in range(30)))
    assert {each.verb for each in sent} == {Verb.ACCEPT}
    assert {subject for subject, _ in await shown(address)} == {f"n{n}" for n in range(30)}


async def test_a_message_given_twice_to_a_repeatable_channel_is_shown_once(
    channel: tuple[Channel, Shown, str],
) -> None:
    way, shown, address = channel
    given = message(address)
    assert [await way.send(given), await way.send(given)] == [Sent(Verb.ACCEPT)] * 2
    assert len(await shown(address)) == (1 if way.repeatable else 2)


async def test_the_message_id_is_the_deliverys_so_that_a_provider_can_drop_a_repetition(mail_sink: MailSink) -> None:
    given = message("id@salor.example")
    await email(mail_sink.port, mail_sink.host).send(given)
    (mail,) = mail_sink.mails()
    assert mail.message_id == f"<{given.delivery_id}@salor.example>"
    assert mail.sender == "jangan-balas@salor.example"
    assert mail.headers["Auto-Submitted"] == "auto-generated"


async def test_international_addresses_are_sent_to(mail_sink: MailSink) -> None:
    assert await email(mail_sink.port, mail_sink.host).send(message("ñandú@salor.example")) == Sent(Verb.ACCEPT)
    assert [mail.recipients for mail in mail_sink.mails()] == [["ñandú@salor.example"]]


@pytest.mark.parametrize(
    ("answers", "sent"),
    [
        ({"mail": "550 not you"}, Sent(Verb.POSTPONE, "smtp 550")),
        ({"rcpt": "421 closing"}, Sent(Verb.POSTPONE, "smtp 421")),
        ({"rcpt": "450 busy"}, Sent(Verb.RETRY, "smtp 450")),
        ({"rcpt": "550 unknown"}, Sent(Verb.REFUSE, "smtp 550")),
        ({"data": "451 later"}, Sent(Verb.RETRY, "smtp 451")),
        ({"data": "554 spam"}, Sent(Verb.REFUSE, "smtp 554")),
        ({"cut": True}, Sent(Verb.LOSE, "smtp SMTPServerDisconnected")),
    ],
)
async def test_an_answer_for_now_is_tried_again_one_for_good_is_not_and_a_lost_one_is_unknown(
    answers: dict[str, str], sent: Sent
) -> None:
    async with provider(**answers) as bad:
        assert await email(bad.port).send(message("a@salor.example")) == sent


async def test_a_provider_that_can_not_be_reached_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        sent = await email(taken.getsockname()[1]).send(message("a@salor.example"))
    assert sent.verb is Verb.POSTPONE


async def test_a_provider_that_serves_nobody_says_nothing_of_this_mail() -> None:
    """Weaker: a 5xx in place of a greeting, as for a login that is refused, is the end of each mail of that hour."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 no service here\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        sent = await email(server.sockets[0].getsockname()[1]).send(message("a@salor.example"))
    assert sent == Sent(Verb.POSTPONE, "smtp 554")


async def test_a_provider_that_never_greets_is_tried_again() -> None:
    async with await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        assert (await email(port, timeout=0.2).send(message("a@salor.example"))).verb is Verb.POSTPONE


@pytest.mark.parametrize("trouble", ["rcpt", "data"])
async def test_a_refused_mail_does_not_spoil_the_next_on_its_connection(trouble: str) -> None:
    async with provider(**{trouble: "550 no"}) as server:
        way = email(server.port, connections=1)
        assert (await way.send(message("a@salor.example"))).verb is Verb.REFUSE
        setattr(server, trouble, "")
        assert await way.send(message("b@salor.example")) == Sent(Verb.ACCEPT)
        assert (server.taken, server.connections) == (["b@salor.example"], 1)


async def test_one_connection_carries_many_mails_and_a_dead_one_is_replaced_at_once() -> None:
    async with provider() as server:
        way = email(server.port, connections=1)
        for _ in range(5):
            assert await way.send(message("a@salor.example")) == Sent(Verb.ACCEPT)
        assert server.connections == 1
        server.hang_up()
        assert await way.send(message("b@salor.example")) == Sent(Verb.ACCEPT)
        assert (len(server.taken), server.connections) == (6, 2)
        await way.close()


@pytest.mark.parametrize(
    "address",
    ["", "no-at", "a@b\nBcc: c@d.example", "<x>@y.example", '"@z.example', "post,putri@x.example", "<putri@x.example>"],
)
async def test_an_address_that_is_none_is_an_answer_and_nobody_gets_a_mail(address: str) -> None:
    """Weaker: the library takes a part of it for the recipient."""
    async with provider() as server:
        sent = await email(server.port).send(message(address))
    assert (sent, server.taken) == (Sent(Verb.REFUSE, "address"), [])
