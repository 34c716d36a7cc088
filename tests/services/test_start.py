"""A service that is set up wrongly does not start, and says all that is wrong in one line."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local.program import ROOT
from services.evaluation.app import service as evaluation
from services.training.app import service as training
from services.training.model.policies import LearningPolicy
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


async def test_an_offices_own_policy_holds_from_its_date_on(database: Database, tmp_path: Path) -> None:
    """Weaker: another number needs another image."""
    shipped = (training.folder / "policy" / "learning-2026.1.yaml").read_text()
    own = tmp_path / "training" / "learning-office.1.yaml"
    own.parent.mkdir()
    own.write_text(shipped.replace('"2026.1"', "office.1").replace("2025-01-01", "2027-01-01"))
    url = await database("training")
    given: dict[str, Any] = {"database_url": url, "kafka": "", "issuer": "", "policy_folder": tmp_path}
    app = await App.open(training, training.settings(**given))
    await app.pool.close()
    days = [date(2026, 12, 31), date(2027, 1, 1)]
    assert [app.policies.in_force(LearningPolicy, "learning", day).version for day in days] == ["2026.1", "office.1"]
