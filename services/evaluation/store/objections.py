"""Objections (keberatan) to results and to predicates: two tables, alike in all that an objection is."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from asyncpg import Record

from services.evaluation.model.decisions import Objection
from shared.messaging.tx import Tx

Table = Literal["objection", "predicate_objection"]

OBJECTED = """objected.objection_id, objected.filed_at, objected.reasons AS objection_reasons, objected.statement_until,
    objected.due_on, objected.statement, objected.decided_at AS objection_decided_at"""
"""What `objection_of` reads, of a join named `objected`."""


def stating(table: Table) -> str:
    """The statement that keeps what assessors say about objections of a table."""
    return f"""UPDATE {table} AS one
SET statement = given.statement, stated_by = given.stated_by, stated_at = given.stated_at
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])
    AS given(objection_id, statement, stated_by, stated_at)
WHERE one.objection_id = given.objection_id"""  # noqa: S608


def objection_of(row: Record) -> Objection:
    """The objection of a row that has one."""
    return Objection(
        objection_id=row["objection_id"],
        filed_at=row["filed_at"],
        reasons=row["objection_reasons"],
        statement_until=row["statement_until"],
        due_on=row["due_on"],
        statement=row["statement"],
        decided_at=row["objection_decided_at"],
    )


async def keep_statements(tx: Tx, sql: str, statements: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Keep what assessors say about objections, and who said it. `sql`: `stating` of their table."""
    await tx.execute(
        sql,
        [one for one, _, _ in statements],
        [words for _, words, _ in statements],
        [by for _, _, by in statements],
        [tx.now] * len(statements),
    )
