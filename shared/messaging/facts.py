"""Which facts have come: what a handler asks before it says that it lacks one."""

from collections.abc import Iterable

from shared.messaging.tx import Fact, Tx

COME = """SELECT f.stream, f.key FROM unnest($1::text[], $2::text[]) AS f(stream, key)
JOIN seen s USING (stream, key) WHERE s.sequence > 0"""


async def missing(tx: Tx, facts: Iterable[Fact]) -> set[Fact]:
    """Those of which nothing has been applied yet. No lock is needed: the sweeper releases whoever lacks one."""
    asked = sorted(set(facts), key=lambda fact: (fact.stream, fact.key))
    if not asked:
        return set()
    rows = await tx.fetch(COME, [fact.stream for fact in asked], [fact.key for fact in asked])
    return set(asked) - {Fact(row["stream"], row["key"]) for row in rows}
