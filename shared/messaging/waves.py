"""Waves: a handler is called once per wave and type, and a call never holds two works that share a key or a name."""

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shared.messaging.listens import Handler
from shared.messaging.tx import Cause, Name, Tx

BUCKETS = 1024
"""Advisory locks of a service: tens of thousands of them would exhaust the server's shared memory for everybody."""
MOST = 64
"""Waves of a transaction. Of a backlog about few names each wave has one event of each, and takes as long as ever;
others wait for the same names: a lock is given up after 20 s, and a partition that is taken away is left after five."""


class TooManyWaves(Exception):
    """A batch would hold its locks for too long: run its halves."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One cause and the handler that acts on it. `kind` groups calls, `key` is never twice in one.

    `chained`: when it waits for a fact, its successors of the same key wait behind it.
    """

    cause: Cause[Any]
    handler: Handler
    kind: str
    key: Hashable
    names: tuple[Name, ...]
    chained: bool = True


# Enough for the names that come again. A name that does not only takes memory: 100,000 of them take 32 MB.
@lru_cache(maxsize=10_000)
def bucket(name: Name) -> int:
    """The advisory lock of a name."""
    return int.from_bytes(hashlib.blake2b("\0".join(name).encode(), digest_size=4).digest()) % BUCKETS


def buckets(names: Iterable[Name]) -> list[int]:
    """The locks of several names: distinct, in the one order in which every batch takes them."""
    return sorted({bucket(name) for name in names})


def waves(works: Sequence[Work]) -> list[list[Work]]:
    """Cut works, in their order, into waves: each one later than any earlier work with its key or one of its names."""
    highest: dict[Hashable, int] = {}
    cut: list[list[Work]] = []
    for work in works:
        shared = (work.key, *work.names)
        wave = 1 + max(highest.get(thing, -1) for thing in shared)
        highest.update(dict.fromkeys(shared, wave))
        if wave == len(cut):
            cut.append([])
        cut[wave].append(work)
    return cut


async def run(tx: Tx, works: Sequence[Work]) -> None:
    """Call the handlers, wave by wave. Works behind one of their key that waits for a fact are not called.

    Raises TooManyWaves before it calls any.
    """
    cut = waves(works)
    if len(cut) > MOST:
        raise TooManyWaves(f"{len(cut)} waves of {len(works)}")
    stopped: set[Hashable] = set()
    for wave in cut:
        calls: dict[str, list[Work]] = {}
        for work in wave:
            if work.key not in stopped:
                calls.setdefault(work.kind, []).append(work)
        for called in calls.values():
            await called[0].handler(tx, [work.cause for work in called])
            stopped.update(work.key for work in called if work.chained and work.cause.order in tx.lacking)
