"""The operator's routes: who may, what they show, what they refuse, and that each act is audited and done once."""

from __future__ import annotations

import uuid
from base64 import b64decode
from dataclasses import replace
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from shared.messaging.record import LONGEST, LONGEST_KEY, Record, read
from tests.shared.messaging.play import HISTORY, LETTERS, Written, happened, named, record, several
from tests.shared.messaging.world import World
from tests.shared.operator.conftest import Counter
from tests.until import until

A = {"stream": HISTORY.name, "key": "a"}


async def settle(counter: Counter, *records: Record) -> None:
    await counter.app.inbox.settle([read(each) for each in records])


@pytest.mark.parametrize("role", ["officer", "employee", "superior"])
async def test_only_operators_may(counter: Counter, issuer: Stack, role: str) -> None:
    async with httpx.AsyncClient(base_url=counter.url, trust_env=False) as anybody:
        assert (await anybody.get("/operator/parked")).status_code == 401
        other = {"Authorization": f"Bearer {await issuer.token([role])}"}
        assert (await anybody.get("/operator/parked", headers=other)).status_code == 403


async def test_parked_events_are_listed_in_pages_with_filters_and_shown_with_headers(
    counter: Counter, world: World
) -> None:
    world.play.poison = {"a1"}
    await settle(counter, *several("a1 a2 a3 b2"), happened("c1", needs="f"))
    first = await counter.show("/parked", limit=2)
    rest = await counter.show("/parked", limit=2, after=first["next"])
    last = await counter.show("/parked", limit=2, after=rest["next"])
    listed = [(one["key"], one["sequence"], one["reason"]) for one in first["items"] + rest["items"] + last["items"]]
    assert listed == [("a", 1, "failed"), ("a", 2, "gap"), ("a", 3, "gap"), ("b", 2, "gap"), ("c", 1, "waiting")]
    assert last["next"] is None
    (failed,) = (await counter.show("/parked", reason="failed"))["items"]
    assert (failed["detail"], failed["attempts"]) == (f"Poisoned in the handler of {failed['type']}", 3)
    assert len((await counter.show("/parked", key="a", type=failed["type"]))["items"]) == 3
    shown = await counter.show("/parked/key", **A)
    assert (shown["sequence"], shown["next"], len(shown["parked"])) == (0, 1, 3)
    assert {"name": "ce_sequence", "value": "1", "value_base64": None} in shown["parked"][0]["headers"]


async def test_what_waits_too_long_is_overdue_and_still_goes_on_when_its_fact_comes(
    counter: Counter, world: World
) -> None:
    """Weaker: turned into a failure after a day, it needs a person although the fact alone would have released it."""
    await settle(counter, happened("a1", needs="f"), happened("b1", needs="g"))
    await world.look.execute("UPDATE parked SET since = since - interval '25 hours' WHERE key = 'a'")
    listed = (await counter.show("/parked", reason="waiting"))["items"]
    assert [(one["key"], one["overdue"]) for one in listed] == [("a", True), ("b", False)]
    (shown,) = (await counter.show("/parked/key", **A))["parked"]
    assert shown["overdue"]
    await settle(counter, happened("f1", is_fact=True))
    await until(lambda: _is_seen(world, "a", 1))


async def _is_seen(world: World, key: str, sequence: int) -> bool:
    return await world.seen(key) == sequence


async def test_a_decision_takes_effect_once_and_is_answered_alike_again(counter: Counter, world: World) -> None:
    """Weaker: the repetition of a discard whose answer was lost discards the next event too."""
    world.play.poison = {"a1", "a2"}
    await settle(counter, *several("a1 a2 a3"))
    once = str(uuid.uuid4())
    first = await counter.act("/parked/discard", once=once, **A, sequence=1)
    await until(lambda: _has_reason(counter, "a", 2, "failed"))
    again = await counter.act("/parked/discard", once=once, **A, sequence=1)
    assert (first.status_code, first.content) == (200, again.content)
    assert first.json() == {"sequences": [1], "next": 2}
    assert await world.seen("a") == 1
    (action,) = (await counter.show("/actions"))["items"]
    assert (action["who"], action["what"], action["reason"]) == ("ria", "discard", "a test")
    assert action["place"] == {**A, "sequence": 1, "sequences": [1]}


async def _has_reason(counter: Counter, key: str, sequence: int, reason: str) -> bool:
    rows = (await counter.show("/parked", key=key, reason=reason))["items"]
    return [row["sequence"] for row in rows] == [sequence]


async def test_a_refusal_says_what_to_do_and_leaves_no_trace(counter: Counter, world: World) -> None:
    world.play.poison = {"a4"}
    await settle(counter, *several("a1 a2 a3 a4 a5"))
    refused = await counter.act("/parked/discard", **A, sequence=5)
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    assert refused.json()["title"] == "(history.v1, a) has 4 as its next; discard works on the next only"
    assert (await counter.act("/parked/skip", stream=HISTORY.name, key="nobody's", sequence=1)).status_code == 404
    assert (await counter.act("/parked/skip", stream="nothing.v1", key="a", sequence=1)).status_code == 404
    assert (await counter.act("/parked/burn", **A)).status_code == 422
    assert (await counter.show("/actions"))["items"] == []
    assert await world.look.fetchval("SELECT count(*) FROM request") == 0
    assert await world.look.fetchval("SELECT count(*) FROM seen WHERE sequence = 0") == 0


async def test_a_key_may_hold_anything(counter: Counter, world: World) -> None:
    """Weaker: the key in the path, where slashes, dots and percent signs mean something else."""
    key = "../%2f?a=b#ö\n'\" "
    await settle(counter, *several("a2"))
    await world.look.execute("UPDATE parked SET key = $1", key)
    await world.look.execute("UPDATE seen SET key = $1", key)
    shown = await counter.show("/parked/key", stream=HISTORY.name, key=key)
    assert shown["key"] == key
    assert (await counter.act("/parked/skip", stream=HISTORY.name, key=key)).json()["next"] == 2


async def test_many_are_replayed_in_one_go_and_each_key_is_in_the_audit(counter: Counter, world: World) -> None:
    world.play.poison = {"a1", "b1", "c1"}
    await settle(counter, *several("a1 b1 c1 a2 d1"))
    await settle(counter, happened("c1", other="x"))
    world.play.poison = {"b1"}
    lot = (await counter.act("/parked/replay-many", stream=HISTORY.name)).json()
    assert lot == {"keys": [A, {**A, "key": "b"}], "next": None}, "c is blocked by a regression"
    await until(lambda: _has_reason(counter, "b", 1, "failed"))
    assert await world.trail("history.v1 a") == ["a1", "a2"]
    assert [one["place"]["key"] for one in (await counter.show("/actions"))["items"]] == ["b", "a"]


async def test_a_dry_run_over_http_changes_nothing_and_needs_no_key(counter: Counter, world: World) -> None:
    world.play.poison = {"a1"}
    await settle(counter, *several("a1 a2"))
    world.play.poison = {"a2"}
    answer = await counter.operator.post("/operator/parked/rehearsal", json={"verb": "replay", **A})
    assert [(step["sequence"], step["outcome"]) for step in answer.json()["steps"]] == [(1, "applies"), (2, "fails")]
    assert await world.parked() == [("a", 1, "failed"), ("a", 2, "gap")]


async def test_a_failed_timer_stands_aside_until_it_is_replayed_or_discarded(counter: Counter, world: World) -> None:
    world.play.poison = {"x", "y"}
    await world.look.execute("INSERT INTO timer SELECT 'remind', unnest('{x,y,z}'::text[]), now()")
    while await counter.app.clockwork.fire():
        continue
    assert [one["subject"] for one in (await counter.show("/timers"))["items"]] == ["x", "y"]
    world.play.poison = set()
    timer: dict[str, Any] = {"name": "remind", "subject": "x"}
    assert (await counter.act("/timers/replay", **timer)).status_code == 200
    assert (await counter.act("/timers/discard", **{**timer, "subject": "y"})).status_code == 200
    assert (await counter.act("/timers/discard", **timer)).status_code == 404, "it is due again, and no longer parked"
    while await counter.app.clockwork.fire():
        continue
    assert await world.look.fetchval("SELECT count(*) FROM timer") == 0


async def test_letters_from_one_place_are_all_listed_and_the_newest_is_meant(counter: Counter, world: World) -> None:
    """Weaker: the page after one of them begins behind its place, or a discard removes all of them."""
    one = record(Written(subject="w", label="w"), offset=3)
    for size in (1, 2, 3):
        await settle(counter, replace(one, headers=[], value=b"x" * size))
    pages = [await counter.show("/dead-letters", limit=1)]
    while pages[-1]["next"]:
        pages.append(await counter.show("/dead-letters", limit=1, after=pages[-1]["next"]))
    assert [item["bytes"] for page in pages for item in page["items"]] == [1, 2, 3]
    await counter.act("/dead-letters/discard", topic=LETTERS.name, partition=0, offset=3)
    assert [item["bytes"] for item in (await counter.show("/dead-letters"))["items"]] == [1, 2]


TEXTS = {"none": None, "empty": b"", "text": "é\ufffd\0".encode(), "no text": b"{\xe9\xff\0"}


@pytest.mark.parametrize("data", TEXTS.values(), ids=TEXTS)
async def test_a_dead_letter_is_shown_byte_for_byte(counter: Counter, data: bytes | None) -> None:
    """Weaker: U+FFFD stands for bytes that nobody can get any more, and an empty value looks like none."""
    await settle(counter, Record(LETTERS.name, 0, 3, data, [("ce_type", data), ("ce_type", b"x")], data))
    assert (await counter.show("/dead-letters"))["items"][0]["bytes"] == (None if data is None else len(data))
    shown = (await counter.act("/dead-letters/look", topic=LETTERS.name, partition=0, offset=3)).json()
    first, second = shown["headers"]
    assert (first["name"], second) == ("ce_type", {"name": "ce_type", "value": "x", "value_base64": None})
    for text, encoded in (
        (shown["key"], shown["key_base64"]),
        (shown["value"], shown["value_base64"]),
        (first["value"], first["value_base64"]),
    ):
        assert (encoded is None) == (data != TEXTS["no text"])
        assert (text.encode() if text is not None and encoded is None else encoded and b64decode(encoded)) == data


async def test_a_list_goes_on_behind_the_longest_key(counter: Counter) -> None:
    """Weaker: the cursor of a page is refused as too long, and what follows can't be listed."""
    names = [chr(n) * LONGEST_KEY for n in (1, 2)]
    for name in names:
        await settle(counter, replace(named(happened("a2"), id="\x01" * LONGEST), key=name.encode()))
    page = await counter.show("/parked", limit=1)
    page = await counter.show("/parked", limit=1, after=page["next"])
    assert [item["key"] for item in page["items"]] == [names[1]]
    assert (await counter.show("/parked", key=names[1]))["items"] == page["items"]


async def test_a_list_names_no_type_that_we_do_not_know(counter: Counter) -> None:
    """Weaker: anybody's words in a header are shown to who may not see content."""
    await settle(counter, named(happened("a2"), type="NIK 3174 Budi.v1"))
    (item,) = (await counter.show("/parked"))["items"]
    assert (item["type"], item["sequence"]) == ("", 2)
    assert "Budi" not in str(item)


async def test_a_dead_letter_is_listed_without_content_and_each_look_is_in_the_audit(
    counter: Counter, world: World
) -> None:
    """Weaker: the look is written down after the content was sent, or only when it went well."""
    await settle(counter, record(Written(subject="w", label="secret"), offset=3, value=b'{"label": "secret"'))
    listed = await counter.show("/dead-letters")
    assert "secret" not in str(listed)
    letter: dict[str, Any] = {"topic": LETTERS.name, "partition": 0, "offset": 3}
    looked = await counter.act("/dead-letters/look", **letter)
    assert looked.json()["value"] == '{"label": "secret"'
    (action,) = (await counter.show("/actions"))["items"]
    assert (action["what"], action["place"]) == ("look at dead letter", letter)
    assert (await counter.act("/dead-letters/look", **{**letter, "offset": 4})).status_code == 404
    assert (await counter.act("/dead-letters/replay", **letter)).status_code == 409
    assert (await counter.act("/dead-letters/discard", **letter)).status_code == 200
    assert (await counter.show("/dead-letters"))["items"] == []
    assert await world.look.fetchval("SELECT count(*) FROM operator_action") == 2
