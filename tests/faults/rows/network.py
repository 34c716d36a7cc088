"""F6 and F7: the network between the services and their servers, by a proxy of the tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from deploy.local.stack import SERVICES
from shared.events import Kind
from tests.faults.audit.evidence import ALL
from tests.faults.audit.topics import partitions, reader
from tests.faults.behind import behind_kafka, behind_postgres
from tests.faults.proxy import Proxy
from tests.faults.trial import PATIENCE_SECONDS, Trial
from tests.until import until

CUTS, CUT_EVERY_SECONDS = 10, 0.3
BAD_SECONDS = 4.0
"""How long the network is slow, or trickles."""
DELAY, PIECE, TRICKLE_SECONDS = 0.05, 1_000, 0.002
RECOVERY_SECONDS = 10.0
SILENT_SECONDS = 6.0
"""So long whoever connects is deaf too: longer than an attempt to connect lasts (5 s)."""
HANG_SECONDS = 60.0
"""By design 57: 6 s of deaf connections, 15 until the server lets go what a deaf client's transaction has locked, 30
until the statement that waited for it is given up on a dead connection of its own, 3 for that connection, and 3 for
whoever waits on another."""
HANG_AT_KAFKA_SECONDS = 90.0
"""A client of the broker gives up an answer after 40 s, and may have connected anew into the silence."""
RELAYING = tuple(name for name in SERVICES if name != "training")
"""Those that always have something to tell."""
RELAYED = "SELECT until || last_id FROM relay"
BEHIND = """SELECT count(*) FROM unnest($1::text[], $2::int[], $3::bigint[]) AS e (topic, partition, last)
LEFT JOIN position p USING (topic, partition) WHERE coalesce(p.next_offset, 0) < e.last"""
LOSE = 0.25
ANSWERS_LOST = 5
"""Of each service, at least."""


async def cut_slow_and_trickling(trial: Trial) -> None:
    """F6: between all services and PostgreSQL: connections reset in the middle of a word, slow ones, trickling ones."""
    async with behind_postgres(trial) as proxy:
        await trial.submitted(150)
        await _bad_weather(trial, proxy, SERVICES)


async def half_open(trial: Trial) -> None:
    """F6H: half of the connections to PostgreSQL are half-open from now on: each is given up at a deadline."""
    async with behind_postgres(trial) as proxy:
        await _fall_silent(trial, proxy, HANG_SECONDS)


async def the_network_of_the_broker(trial: Trial) -> None:
    """F6K: the same as F6 and F6H between all services and the broker."""
    async with behind_kafka(trial) as proxy:
        await trial.submitted(150)
        await _bad_weather(trial, proxy, RELAYING)
        await _fall_silent(trial, proxy, HANG_AT_KAFKA_SECONDS)


async def lose_answers_of_commits(trial: Trial) -> None:
    """F7: COMMIT goes to the server, its answer never comes: what was done is found done, and not done again."""
    async with behind_postgres(trial) as proxy:
        await trial.submitted(150)
        await trial.strike("answers of COMMIT are lost")
        proxy.lose = LOSE
        await until(lambda: all(proxy.lost[name] >= ANSWERS_LOST for name in SERVICES), PATIENCE_SECONDS)
        proxy.lose = 0.0
        await trial.strike(f"lost were {', '.join(f'{count} of {name}' for name, count in sorted(proxy.lost.items()))}")
        await _recover(trial, SERVICES, RECOVERY_SECONDS)


async def _bad_weather(trial: Trial, proxy: Proxy, names: Sequence[str]) -> None:
    """Each kind of it, in an order of chance; work goes on while it lasts, or when it is over."""
    kinds = {"connections cut": _cut, "a slow network": _slow, "a trickling network": _trickle}
    for what in trial.chance.sample(sorted(kinds), len(kinds)):
        await trial.strike(what)
        await kinds[what](trial, proxy)
        proxy.heal()
        await _recover(trial, names, RECOVERY_SECONDS)


async def _cut(trial: Trial, proxy: Proxy) -> None:
    proxy.delay, proxy.piece = TRICKLE_SECONDS, PIECE  # so that a word is cut in two
    for _ in range(CUTS):
        proxy.cut(trial.chance.random())
        await asyncio.sleep(CUT_EVERY_SECONDS)


async def _slow(trial: Trial, proxy: Proxy) -> None:
    proxy.delay = DELAY
    await _goes_on(trial)


async def _trickle(trial: Trial, proxy: Proxy) -> None:
    proxy.delay, proxy.piece = TRICKLE_SECONDS, PIECE
    await _goes_on(trial)


async def _goes_on(trial: Trial) -> None:
    """Bad for some seconds, and it is wrong that nothing at all comes to the end of the chain in them."""
    done = await trial.done()
    await asyncio.sleep(BAD_SECONDS)
    trial.expect(await trial.done() > done, "nothing was done while the network was bad")


async def _fall_silent(trial: Trial, proxy: Proxy, limit: float) -> None:
    """No hang without a deadline: every consumer settles what its topics hold, every relay sends, before the limit."""
    await trial.submitted(150)
    await trial.strike("connections half-open")
    began = time.monotonic()
    proxy.swallow(0.5)
    proxy.silent = True
    await asyncio.sleep(SILENT_SECONDS)
    proxy.silent = False
    await asyncio.gather(_settle_all(trial, began, limit), _relay_all(trial, limit))


async def _settle_all(trial: Trial, began: float, limit: float) -> None:
    """Each service settles what its topics hold now."""
    async with reader(trial.fleet.stack.kafka) as consumer:
        ends = await consumer.end_offsets(partitions())
    for name in SERVICES:
        heard = {topic.name for topic in ALL[name].listens.topics if topic.kind is not Kind.STATE}
        wanted = [(at.topic, at.partition, end) for at, end in ends.items() if at.topic in heard]
        columns = [list(column) for column in zip(*wanted, strict=True)]

        async def settled(name: str = name, columns: list[list[object]] = columns) -> bool:
            return not await trial.value(name, BEHIND, *columns)

        await until(settled, limit)
        trial.progressed(name, time.monotonic() - began, 0.0, limit)


async def _relay_all(trial: Trial, limit: float) -> None:
    before = {name: await trial.value(name, RELAYED) for name in RELAYING}

    async def relayed() -> bool:
        return all([await trial.value(name, RELAYED) != before[name] for name in RELAYING])

    await until(relayed, limit)


async def _recover(trial: Trial, names: Sequence[str], limit: float) -> None:
    """Each of the services makes progress."""
    began = time.monotonic()
    before = {name: await trial.durable(name) for name in names}
    for name in names:
        await trial.recovered(name, before[name], began, limit)
