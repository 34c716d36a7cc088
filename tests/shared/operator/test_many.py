"""Many at once from the command line: what is listed is what goes, each in the audit."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from shared.messaging.record import read
from tests.shared.messaging.play import HISTORY, LETTERS, Written, happened, record, several
from tests.shared.messaging.world import World
from tests.shared.operator.conftest import Counter, Salor
from tests.until import until


async def test_all_of_one_cause_is_shown_and_discarded_for_one_reason(
    counter: Counter, world: World, salor: Salor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: five hundred events of one cause are five hundred commands, or something that was not shown goes too."""
    world.play.poison = {"a1", "b1", "c1", "g1"}
    await counter.app.inbox.settle([read(each) for each in [*several("a1 a2 b1 c1 d2 g1"), happened("e1", needs="f")]])
    await world.look.execute("UPDATE parked SET detail = 'another cause' WHERE key = 'g'")
    every = ("discard", "play", HISTORY.name, "--all", "--why", "Poisoned")
    code, said, _ = await salor(*every, "--dry-run")
    assert (code, [line.split()[2] for line in said.splitlines()[1:]]) == (0, ["a", "b", "c"])
    assert (await salor(*every))[0] == 2, "a reason is needed"
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert (await salor(*every, "-m", "a broken export"))[0] == 1
    assert len(await world.parked()) == 7, "no is no"
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, said, _ = await salor(*every, "-m", "a broken export")
    assert (code, said.splitlines()[-1]) == (0, "discard these 3 for good? [y/N]: done: 3 of 3")
    await until(lambda: _is_seen(world, 2))
    assert [row[:2] for row in await world.parked()] == [("d", 2), ("e", 1), ("g", 1)]
    code, said, _ = await salor("actions", "--json")
    assert [json.loads(line)["reason"] for line in said.splitlines()] == ["a broken export"] * 3
    assert (await salor(*every, "-m", "again", "--yes"))[:2] == (0, "nothing is parked\n")
    code, said, _ = await salor(
        "discard", "play", "--all", "--waiting", "--why", "lacks (history.v1, f)", "-m", "x y", "--yes"
    )
    assert (code, said.splitlines()[-1]) == (0, "done: 1 of 1")


async def test_all_that_failed_of_one_cause_is_replayed(counter: Counter, world: World, salor: Salor) -> None:
    world.play.poison = {"a1", "b1"}
    await counter.app.inbox.settle([read(each) for each in several("a1 b1")])
    await world.look.execute("UPDATE parked SET detail = 'another cause' WHERE key = 'b'")
    world.play.poison = set()
    code, said, _ = await salor("replay", "play", "--all", "--why", "Poisoned")
    assert (code, said) == (0, "1 of 1 keys go on\n")
    assert (await world.seen("a"), [row[0] for row in await world.parked()]) == (1, ["b"])
    assert (await salor("replay", "play", "--all", "--why", "Poisoned"))[:2] == (0, "0 of 0 keys go on\n")


async def test_of_all_that_is_replayed_what_fails_again_is_no_success(
    counter: Counter, world: World, salor: Salor
) -> None:
    """Weaker: all that was tried is said to be done, and nobody looks again."""
    world.play.poison = {"a1", "b1", "c1"}
    await counter.app.inbox.settle([read(each) for each in several("a1 a2 a4 b1 b2 c1")])
    world.play.poison = {"b1"}
    code, said, _ = await salor("replay", "play", HISTORY.name, "--all")
    assert (code, said.splitlines()[-2:]) == (
        1, ["2 of 3 keys go on", "1 are parked again: `salor parked play` says why"],
    )  # fmt: skip
    assert [row[:3] for row in await world.parked()] == [("a", 4, "gap"), ("b", 1, "failed"), ("b", 2, "gap")]


async def test_while_many_are_worked_on_nothing_is_called_done(
    counter: Counter, world: World, salor: Salor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weaker: of dead letters that all stay dead, most are called done on the way."""
    one = record(Written(subject="w", label="w"))
    for n in range(2):
        await counter.app.inbox.settle([read(replace(one, offset=n, headers=[]))])
    monkeypatch.setattr("shared.operator.cli.output.EVERY_SECONDS", 0.0)
    code, said, wrong = await salor("dead-letters", "replay", "play", "--all", "--yes")
    assert (code, wrong.splitlines()) == (1, ["1 of 2 tried ...", "2 of 2 tried ..."])
    assert "done: 0 of 2" in said.splitlines()


async def test_dead_letters_of_one_cause_are_discarded_and_replayed_together(
    counter: Counter, world: World, salor: Salor
) -> None:
    """Weaker: of two letters from one place the one that was not shown goes, or one that stays dead ends the rest."""
    one = record(Written(subject="w", label="w"), offset=3)
    values = [b"x", b"", b"xx", b"xxx"]
    dead = [replace(one, offset=3 if n < 2 else n, headers=[], value=value) for n, value in enumerate(values)]
    for each in dead:
        await counter.app.inbox.settle([read(each)])
    await world.look.execute("UPDATE dead_letter SET reason = 'of old' WHERE value = 'x' OR value = 'xx'")
    code, said, _ = await salor("dead-letters", "discard", "play", "--all", "--why", "old", "--dry-run")
    assert (code, len(said.splitlines())) == (0, 3)
    every = ("dead-letters", "discard", "play", LETTERS.name, "--all", "--why", "old")
    code, said, _ = await salor(*every, "-m", "a broken export", "--yes")
    assert (code, said.splitlines()[-1]) == (0, "done: 2 of 2")
    left = [row["value"] for row in await world.look.fetch("SELECT value FROM dead_letter ORDER BY record_offset")]
    assert left == [b"", b"xxx"]
    code, said, _ = await salor("dead-letters", "replay", "play", "--all", "--yes")
    assert (code, said.splitlines()[-2][:9], said.splitlines()[-1][:34]) == (
        1, "done: 0 o", "2 refused: It still can't be read:",
    )  # fmt: skip
    assert (await salor("dead-letters", "discard", "play", "other.v1", "--all", "-m", "none", "--yes"))[1] == (
        "no dead letter has this topic and this cause\n"
    )


async def _is_seen(world: World, sequence: int) -> bool:
    return await world.seen("a") == sequence
