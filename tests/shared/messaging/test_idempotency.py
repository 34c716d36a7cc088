"""The property of keys: whoever asks what, when and where, each key has one effect and one answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.errors import Problem
from tests.shared.messaging.commands import Office
from tests.shared.messaging.seeds import SEEDS
from tests.shared.messaging.world import World

Identity = tuple[str, str]
Answered = tuple[int, bytes]

ASKED = st.tuples(
    st.sampled_from("12"), st.sampled_from("pq"), st.sampled_from("jkl"), st.sampled_from(["a", "b", "no"])
)
"""At which replica, by whom, under which key, and what; `no` is what the verb refuses."""


class Model:
    """What each key stands for, by what was answered so far."""

    def __init__(self) -> None:
        self.taken: dict[Identity, tuple[str, bytes]] = {}

    def check(self, identity: Identity, answers: dict[str, set[Answered]]) -> None:
        """The answers to one key's requests of one moment, by what was asked. Raises AssertionError."""
        accepted = {label: body for label, each in answers.items() for status, body in each if status == 201}
        if identity in self.taken:
            label, body = self.taken[identity]
            assert accepted in ({}, {label: body}), "another answer than before"
        elif accepted:
            ((label, body),) = accepted.items()
            self.taken[identity] = label, body
        for asked, each in answers.items():
            statuses = {status for status, _ in each}
            if identity not in self.taken:
                assert (asked, statuses) == ("no", {409}), "refused although nothing stood under the key"
            elif asked == self.taken[identity][0]:
                assert each == {(201, self.taken[identity][1])}, "not the same bytes"
            else:
                assert statuses <= ({422, 409} if asked == "no" else {422}), "an old answer to a new wish"


async def ask(office: Office, identity: Identity, label: str) -> Answered:
    principal, key = identity
    try:
        answer, _ = await office.requests.submit(office.call(label, key=key, principal=principal))
    except Problem as problem:
        return problem.status, b""
    return answer.status, answer.body


@given(rounds=st.lists(st.lists(ASKED, min_size=1, max_size=8), min_size=1, max_size=4))
@settings(
    max_examples=6 * len(SEEDS),
    deadline=None,
    suppress_health_check=[*HealthCheck],
    phases=[Phase.generate, Phase.shrink],
)
async def test_each_key_has_one_effect_and_one_answer(world: World, rounds: list[list[Any]]) -> None:
    """Two replicas; what is asked in a round arrives at the same time."""
    await world.empty()
    offices = {name: await Office.open(world) for name in "12"}
    loops = [world.start(office.requests.run()) for office in offices.values()]
    model = Model()
    for asked in rounds:
        answers = await asyncio.gather(*(ask(offices[at], (who, key), what) for at, who, key, what in asked))
        by_key: dict[Identity, dict[str, set[Answered]]] = defaultdict(lambda: defaultdict(set))
        for (_, who, key, what), answer in zip(asked, answers, strict=True):
            by_key[who, key][what].add(answer)
        for identity, given_answers in by_key.items():
            model.check(identity, given_answers)
    for loop, office in zip(loops, offices.values(), strict=True):
        loop.cancel()
        office.requests.runner.pool.terminate()
    effects = sorted(label for label, _ in model.taken.values())
    assert sorted(await world.trail("E")) == effects
    assert sorted(label for _, _, label in await world.echoes()) == effects
