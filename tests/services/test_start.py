"""A service that is set up wrongly does not start, and says all that is wrong in one line."""

from __future__ import annotations

import asyncio
import os
import sys

import asyncpg
import pytest

from deploy.local.program import ROOT
from services.evaluation.app import service as evaluation
from services.training.app import service as training
from shared.service import App, Service
from tests.servers import Database

ONCE = """CREATE SEQUENCE attempt;
CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('attempt') = 1 THEN RAISE serialization_failure; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fail_once AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION fail_once()"""
"""A sequence remembers what was rolled back."""


async def test_wrong_settings_end_it_with_code_2_and_one_line_that_names_them_all() -> None:
    wrong = {"SALOR_POOL_SIZE": "many", "SALOR_RECEIPT_KEYS": "short", "SALOR_KAFKA": "k:1", "SALOR_ISSUER": "http://i"}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SALOR_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.complaints", cwd=ROOT, env={**ours, **wrong}, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    [line] = said.decode().splitlines()
    assert process.returncode == 2
    for name in ("SALOR_DATABASE_URL", "SALOR_POOL_SIZE", "SALOR_RECEIPT_KEYS", "SALOR_REPORTER_KEYS"):
        assert name in line


@pytest.mark.parametrize(
    ("service", "table"), [(evaluation, "policy"), (training, "course")], ids=["policies", "preparation"]
)
async def test_what_a_start_writes_is_tried_again_while_the_database_is_in_trouble(
    database: Database, service: Service, table: str
) -> None:
    url = await database(service.name)
    connection = await asyncpg.connect(url)
    await connection.execute(ONCE.format(table=table))
    app = await App.open(service, service.settings(database_url=url, kafka="", issuer=""))
    await app.pool.close()
    attempts = await connection.fetchval("SELECT last_value FROM attempt")
    await connection.close()
    assert attempts > 1
