"""The command line on a running service: what an operator types, reads, and gets as exit code."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout

import pytest

from shared.messaging.record import Record, read
from tests.shared.messaging.members import Group
from tests.shared.messaging.play import ECHOES, HISTORY, LETTERS, Written, happened, record, several
from tests.shared.messaging.world import World
from tests.shared.operator.conftest import Counter, Salor
from tests.until import until

ARGUMENTS = ("play", HISTORY.name)
TELL = """INSERT INTO stream SELECT 'history.v1', key, sequence, now()
FROM unnest($1::text[], $2::bigint[]) AS t(key, sequence)"""


async def test_a_handler_bug_on_one_key_is_found_rehearsed_mended_and_replayed(
    counter: Counter, world: World, salor: Salor
) -> None:
    """Weaker: after the fix the key goes on from somewhere, or a second replay gives a second effect."""
    world.play.poison = {"a2"}
    await counter.app.inbox.settle([read(each) for each in several("a1 b1 a2 a3 b2")])
    code, said, _ = await salor("parked", "--reason", "failed")
    assert code == 0
    assert [line.split()[:5] for line in said.splitlines()[1:]] == [["play", "history.v1", "a", "2", "2"]]
    code, said, _ = await salor("replay", *ARGUMENTS, "a", "--dry-run")
    assert (code, "Poisoned at shared/messaging/play.py:" in said) == (0, True)
    world.play.poison = set()
    code, said, _ = await salor("replay", *ARGUMENTS, "a", "--dry-run")
    assert [line.split()[2] for line in said.splitlines()[1:]] == ["applies", "applies"]
    assert await world.seen("a") == 1
    code, said, _ = await salor("replay", *ARGUMENTS, "a", "-m", "mended in 1.4.2")
    assert (code, said) == (
        0,
        "replay: 2 of (history.v1, a)\n(history.v1, a) has come to 3; nothing of it is parked\n",
    )
    assert await world.trail("history.v1 a") == ["a1", "a2", "a3"]
    code, _, wrong = await salor("replay", *ARGUMENTS, "a")
    assert (code, wrong) == (1, "play: Nothing of (history.v1, a) is parked here. See `salor parked`.\n")
    await counter.app.inbox.settle([read(each) for each in several("a4")])
    assert await world.trail("history.v1 a") == ["a1", "a2", "a3", "a4"]
    code, said, _ = await salor("actions", "--json")
    assert [json.loads(line)["reason"] for line in said.splitlines()] == ["mended in 1.4.2"]


async def test_all_that_failed_is_rehearsed_and_replayed(counter: Counter, world: World, salor: Salor) -> None:
    world.play.poison = {"a1", "b1"}
    await counter.app.inbox.settle([read(each) for each in several("a1 b1 c2")])
    world.play.poison = {"b1"}
    code, said, _ = await salor("replay", "play", "--all", "--dry-run")
    assert [line.split()[3] for line in said.splitlines()[1:]] == ["applies", "fails"]
    code, said, _ = await salor("replay", "play", "--all")
    parked = "1 are parked again: `salor parked play` says why"
    assert (code, said.splitlines()[-2:]) == (1, ["1 of 2 keys go on", parked])


async def test_each_decision_from_the_command_line(counter: Counter, world: World, salor: Salor) -> None:
    world.play.poison = {"a1"}
    old, new = happened("c1"), happened("c1", other="x")
    records = [*several("a1 a2 b2"), old, new, happened("d1"), happened("d1", other="x")]
    await counter.app.inbox.settle([read(each) for each in records])
    code, _, wrong = await salor("discard", *ARGUMENTS, "a", "2", "-m", "wrong")
    title = "(history.v1, a) has 1 as its next; discard works on the next only"
    assert (code, wrong) == (1, f"play: {title}.\n")
    code, said, _ = await salor("discard", *ARGUMENTS, "a", "1", "--dry-run")
    assert [line.split()[:3] for line in said.splitlines()[1:]] == [["2", "test.Happened.v1", "applies"]]
    assert (await salor("discard", *ARGUMENTS, "a", "1", "-m", "told by mistake"))[0] == 0
    assert (await salor("skip", *ARGUMENTS, "b", "1", "-m", "lost"))[1].endswith("nothing of it is parked\n")
    code, said, _ = await salor("show", *ARGUMENTS, "c")
    by = read(old).id
    assert said.startswith(
        f"(history.v1, c) has come to 1 by {by}; next is 2, blocked by a regression\n\n1  regression"
    )
    assert (await salor("settle", *ARGUMENTS, "c", "-m", "the first was right"))[0] == 0
    code, said, _ = await salor("adopt", *ARGUMENTS, "d", "-m", "the second was right")
    assert said.endswith("(history.v1, d) has come to 1; nothing of it is parked\n")
    assert [await world.trail(f"history.v1 {key}") for key in "abcd"] == [["a2"], ["b2"], ["c1"], ["d1", "d1x"]]
    assert [row[2] for row in await world.parked()] == ["settled", "settled"]


async def test_what_stands_behind_a_regression_is_blocked_and_not_about_to_be_tried(
    counter: Counter, world: World, salor: Salor
) -> None:
    """Weaker: an operator waits for something that happens only once they have decided."""
    world.play.poison = {"b1"}
    records = [*several("a1 b1"), happened("a1", other="x"), *several("a2 a4")]
    await counter.app.inbox.settle([read(each) for each in records])
    code, said, _ = await salor("parked", "--key", "a")
    whys = [line.partition("Z")[2].strip() for line in said.splitlines()[1:]]
    blocked = "blocked until the regression is decided"
    assert (code, whys) == (0, ["-", blocked, blocked])
    shown = (await salor("show", *ARGUMENTS, "a"))[1]
    assert (f"2  gap  {blocked}" in shown, "is about to be tried" in shown) == (True, False)
    assert "failed  Poisoned in the handler" in (shown := (await salor("show", *ARGUMENTS, "b"))[1])
    assert ", tried 3 times, " in shown
    assert (await salor("settle", *ARGUMENTS, "a", "-m", "the first was right"))[0] == 0
    code, said, _ = await salor("parked", "--key", "a", "--json")
    assert [(one["sequence"], one["blocked"]) for one in map(json.loads, said.splitlines())] == [(4, False)]


async def test_dead_letters_and_timers_are_listed_shown_and_discarded(
    counter: Counter, world: World, salor: Salor
) -> None:
    await counter.app.inbox.settle([read(record(Written(subject="w", label="secret"), offset=3, value=b"secret"))])
    await world.look.execute("INSERT INTO timer VALUES ('remind', 'x', now(), now(), 3, 'KeyError')")
    code, said, _ = await salor("dead-letters")
    assert (code, "not a JSON document" in said or "JSON" in said, "secret" in said) == (0, True, False)
    code, said, _ = await salor("dead-letters", "show", "play", LETTERS.name, "0", "3", "-m", "the office asks")
    assert json.loads(said)["value"] == "secret"
    code, _, wrong = await salor("dead-letters", "replay", "play", LETTERS.name, "0", "3")
    assert (code, "It still can't be read" in wrong) == (1, True)
    assert (await salor("timers"))[1].splitlines()[1].split()[:3] == ["play", "remind", "x"]
    assert (await salor("timers", "discard", "play", "remind", "x", "-m", "gone"))[0] == 0
    assert (await salor("timers"))[1] == "no timer is parked\n"


@pytest.mark.parametrize("value", [b"\xe9\xff\r\n\0", "é".encode(), b"", None])
async def test_the_value_of_a_dead_letter_comes_out_byte_for_byte(
    counter: Counter, salor: Salor, value: bytes | None
) -> None:
    """Weaker: a line's end is added, text is put into the terminal's encoding, or no value looks like an empty one."""
    await counter.app.inbox.settle([read(Record(LETTERS.name, 0, 3, None, [], value))])
    arguments = ("dead-letters", "show", "play", LETTERS.name, "0", "3", "-m", "the office asks")
    file = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(file, "latin-1")) as terminal:
        code, _, wrong = await salor(*arguments, "--raw")
        terminal.flush()
    assert (code, file.getvalue()) == (0, value or b"")
    assert wrong == ("it has no value: null, not an empty one\n" if value is None else "")
    shown = json.loads((await salor(*arguments))[1])
    assert (shown["key"], shown["value"] is None) == (None, value is None)


async def test_reconcile_names_what_is_behind_and_ahead_and_what_to_do(
    counter: Counter, world: World, salor: Salor, topics: Group
) -> None:
    """Weaker: a loss at the end of a key is nobody's gap: only this comparison shows it."""
    world.play.poison = {"d2"}
    await counter.app.inbox.settle([read(each) for each in several("a1 a2 b1 c1 d1 d2 e1 e2")])
    await world.look.execute(TELL, ["a", "b", "d", "e"], [2, 2, 2, 1])
    code, said, wrong = await salor("reconcile", "--wait", "0.1")
    assert (code, wrong) == (1, "")
    rows = {line.split()[1]: " ".join(line.split()[2:]) for line in said.splitlines()[1:]}
    assert rows["b"] == "play 2 play 1 - salor resend history.v1 b 2"
    assert rows["d"] == "play 2 play 1 failed salor show play history.v1 d"
    foreign = "a record is foreign: salor acknowledge play history.v1 e 1 2"
    assert rows["e"] == f"play 1 play 2 - was play set back? salor reconcile --raise play; if not, {foreign}"
    assert rows["c"].startswith("play 0 play 1"), "a key that only the listener knows"
    assert rows.keys() == {"b", "c", "d", "e", "compared,"} - {"a"}


async def test_what_nobody_told_is_no_error_once_it_is_acknowledged_until_it_changes(
    counter: Counter, world: World, salor: Salor
) -> None:
    """Weaker: a forged record alarms every night for ever, or one that was acknowledged hides the next."""
    await counter.app.inbox.settle([read(each) for each in several("a1 a2 b1")])
    await world.look.execute(TELL, ["a"], [1])
    acknowledge = ("acknowledge", *ARGUMENTS)
    assert (await salor(*acknowledge, "a", "1", "3", "-m", "a test"))[::2] == (
        1, "play: (history.v1, a) is not at 3, ahead of 1. Look again with `salor reconcile`.\n",
    )  # fmt: skip
    assert (await salor(*acknowledge, "a", "0", "2", "-m", "a test"))[0] == 1, "the sender has told 1"
    assert (await salor(*acknowledge, "a", "1", "2"))[0] == 2, "a reason is needed"
    assert (await salor(*acknowledge, "a", "1", "2", "-m", "a client on the wrong topic"))[0] == 0
    code, said, _ = await salor("reconcile", "--wait", "0")
    assert (code, [line.split()[1:6] for line in said.splitlines()[1:2]]) == (1, [["a", "play", "1", "play", "2"]])
    assert (await salor(*acknowledge, "b", "0", "1", "-m", "the same client"))[0] == 0
    code, said, _ = await salor("reconcile", "--wait", "20")
    assert (code, [line.split()[-1] for line in said.splitlines()[1:3]]) == (0, ["acknowledged"] * 2)
    assert said.splitlines()[-1] == "acknowledged, and as they were then: 2 of 2"
    code, said, _ = await salor("actions", "play", "--json")
    assert json.loads(said.splitlines()[1])["place"] == {"stream": HISTORY.name, "key": "a", "told": 1, "seen": 2}
    await counter.app.inbox.settle([read(each) for each in several("a3")])
    await world.look.execute(TELL, ["b"], [2])
    await counter.app.inbox.settle([read(each) for each in several("b2 b3")])
    code, said, _ = await salor("reconcile", "--wait", "0")
    assert (code, "acknowledged" in said) == (1, False)


async def test_a_listener_that_has_not_read_so_far_is_waited_for(
    counter: Counter, world: World, salor: Salor, topics: Group
) -> None:
    """Weaker: while a consumer is stopped everything on its way is sent once more, which it lacks as well."""
    await world.look.execute(TELL, ["a"], [2])
    await topics.send(several("a1"))
    code, said, _ = await salor("reconcile", "--wait", "0")
    assert (code, "play has not read so far (unread: 1): wait, or start it" in said, "resend" in said) == (
        1,
        True,
        False,
    )
    async with topics.member():
        await until(lambda: _is_seen(world, 1))
    assert "salor resend history.v1 a 2" in (await salor("reconcile", "--wait", "0"))[1]
    assert (await counter.operator.get("/operator/reading", params={"stream": "x"})).status_code == 404


async def _is_seen(world: World, sequence: int) -> bool:
    return await world.seen("a") == sequence


async def test_resend_queues_what_was_told_once_more(counter: Counter, world: World, salor: Salor) -> None:
    await counter.app.inbox.settle([read(each) for each in several("a1 b1", tells=("t",))])
    code, said, _ = await salor("resend", ECHOES.name, "t", "2")
    assert (code, said) == (0, "play sends 1 of (echoes.v1, t) again\n")
    assert await world.echoes() == [("t", 1, "a1"), ("t", 2, "b1"), ("t", 2, "b1")]
    assert (await salor("resend", ECHOES.name, "t", "3"))[0] == 1
    assert (await salor("resend", "nothing.v1", "t", "3"))[0] == 2


async def test_what_is_on_its_way_is_no_difference(counter: Counter, world: World, salor: Salor, topics: Group) -> None:
    """Weaker: everything that was told between the two looks is reported every night."""
    await world.look.execute("INSERT INTO stream VALUES ('history.v1', 'a', 1, now())")
    looked = world.start(salor("reconcile", "--wait", "20"))
    await counter.app.inbox.settle([read(each) for each in several("a1")])
    code, said, _ = await looked
    assert (code, said.splitlines()[0]) == (0, "1 keys of 1 streams to listeners: all that was told was seen")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SALOR_SERVICES", "", "SALOR_SERVICES must be set"),
        ("SALOR_SERVICES", "play", "SALOR_SERVICES: play needs an address like play=http://host:port"),
        ("SALOR_SERVICES", "play=http://127.0.0.1:9", "play can't be reached at http://127.0.0.1:9"),
        ("SALOR_TOKEN", "old", "play: The token is not valid"),
    ],
)
async def test_a_wrong_set_up_is_one_line_and_code_2(
    salor: Salor, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    code, said, wrong = await salor("parked")
    assert (code, said, len(wrong.splitlines())) == (2, "", 1)
    assert wrong.startswith(words)


async def test_what_those_that_answer_have_is_shown_beside_one_that_is_away(
    counter: Counter, world: World, salor: Salor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: a service that is down hides what is parked with all others."""
    await counter.app.inbox.settle([read(each) for each in several("a2")])
    monkeypatch.setenv("SALOR_SERVICES", f"away=http://127.0.0.1:9,play={counter.url}")
    code, said, wrong = await salor("parked")
    assert [line.split()[:4] for line in said.splitlines()[1:]] == [["play", "history.v1", "a", "2"]]
    assert (code, wrong.startswith("away can't be reached at http://127.0.0.1:9")) == (2, True)


async def test_wrong_usage_is_code_2(salor: Salor) -> None:
    for arguments in (
        ["discard", "play"],
        ["replay", "play"],
        ["parked", "nobody"],
        ["burn"],
        ["skip", *ARGUMENTS, "a", "1"],
    ):
        assert (await salor(*arguments))[0] == 2, arguments


async def test_a_reason_that_there_is_not_is_refused_not_an_empty_list(counter: Counter, salor: Salor) -> None:
    code, said, wrong = await salor("parked", "--reason", "fialed")
    assert (code, said) == (1, "")
    assert "reason" in wrong
