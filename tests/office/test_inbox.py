"""What somebody types about their own messages."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

from services.notifications.model.deliveries import Message
from services.notifications.store.inbox import put_in_inbox
from tests.office.conftest import Salor
from tests.office.test_cases import columns
from tests.support import Bench

ME, OTHER = UUID(int=0xA), UUID(int=0xB)


async def shown(told: Bench, subject: str, to: UUID = ME) -> str:
    """A message in an inbox. Gives its id."""
    made = uuid4()
    await put_in_inbox(told.pool, Message(made, str(to), "id", subject, "Baris satu.\n\nBaris \x1b[31mdua.\n"))
    return str(made)


async def test_a_message_that_is_read_is_shown_whole_and_is_not_unread_any_more(messages: Salor, told: Bench) -> None:
    """Weaker: what is listed counts as read, or a message can write on the terminal."""
    old, new = await shown(told, "Lama"), await shown(told, "Baru")
    code, said, _ = await messages(ME, "inbox", "--unread")
    assert (code, [row[1] for row in columns(said)[1:]]) == (0, [new, old])
    code, said, _ = await messages(ME, "read", old)
    assert (code, "\nLama\n" in said, "\n  Baris satu.\n\n" in said, "\x1b" in said) == (0, True, True, False)
    assert [row[1] for row in columns((await messages(ME, "inbox", "--unread"))[1])[1:]] == [new]
    listed = json.loads((await messages(ME, "inbox", "--read", "--json"))[1])
    assert (listed["delivery_id"], listed["read_at"] is None) == (old, False)
    assert json.loads((await messages(ME, "read", old, "--json"))[1])["read_at"] == listed["read_at"]
    assert (await messages(ME, "inbox", "--what", "review"))[1] == "there is no such message\n"


async def test_nobody_reads_a_message_of_somebody_else(messages: Salor, told: Bench) -> None:
    theirs = await shown(told, "Rahasia", OTHER)
    code, said, wrong = await messages(ME, "read", theirs)
    assert (code, said, wrong) == (1, "", "notifications: Not found. There is no such message in this inbox.\n")


async def test_courtesies_by_mail_can_be_declined_and_had_again(messages: Salor) -> None:
    for wanted, option in ((False, "--no-courtesy-mails"), (True, "--courtesy-mails")):
        assert (await messages(ME, "preferences", option))[0] == 0
        assert json.loads((await messages(ME, "preferences", "--json"))[1]) == {"courtesy_mails": wanted}
