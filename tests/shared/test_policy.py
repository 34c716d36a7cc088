from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from shared import policy
from shared.db import Connection
from shared.errors import SetupError
from shared.policy import Policies, Policy
from tests.servers import Database


class Limits(Policy):
    most: int


KINDS = {"limits": Limits}


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(await database(None))
    yield connection
    await connection.close()


def write(folder: Path, version: str, most: object, valid_from: str = "2026-01-01", more: str = "") -> None:
    text = f"version: '{version}'\nvalid_from: {valid_from}\nsource: a decree\nmost: {most}\n{more}"
    (folder / f"limits-{version}.yaml").write_text(text)


async def test_the_policy_of_a_day_is_the_last_that_began_before_it(tmp_path: Path, connection: Connection) -> None:
    write(tmp_path, "2", 20, "2026-06-01")
    write(tmp_path, "1", 10)
    policies = await policy.load(connection, tmp_path, KINDS)
    days = [date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [policies.in_force(Limits, "limits", on=day).most for day in days] == [10, 10, 20]
    with pytest.raises(LookupError):
        policies.in_force(Limits, "limits", on=date(2025, 12, 31))
    assert policies.version(Limits, "limits", "1").most == 10


async def test_a_policy_that_changed_under_its_version_is_refused(tmp_path: Path, connection: Connection) -> None:
    """Weaker: the new numbers under the old name: yesterday's result can't be computed again."""
    write(tmp_path, "1", 10)
    await policy.load(connection, tmp_path, KINDS)
    write(tmp_path, "1", 11)
    with pytest.raises(SetupError, match="limits 1 was changed"):
        await policy.load(connection, tmp_path, KINDS)


async def test_a_comment_or_an_order_of_lines_is_no_change(tmp_path: Path, connection: Connection) -> None:
    write(tmp_path, "1", 10)
    await policy.load(connection, tmp_path, KINDS)
    (tmp_path / "limits-1.yaml").write_text("# why\nmost: 10\nsource: a decree\nversion: '1'\nvalid_from: 2026-01-01\n")
    await policy.load(connection, tmp_path, KINDS)


async def test_a_version_whose_file_went_stays_known(tmp_path: Path, connection: Connection) -> None:
    write(tmp_path, "1", 10)
    await policy.load(connection, tmp_path, KINDS)
    (tmp_path / "limits-1.yaml").unlink()
    write(tmp_path, "2", 20, "2026-06-01")
    policies = await policy.load(connection, tmp_path, KINDS)
    assert policies.version(Limits, "limits", "1").most == 10


@pytest.mark.parametrize(
    ("most", "more", "wrong"), [("ten", "", "most"), (10, "least: 1", "least"), (10, "[", "limits-1.yaml")]
)
def test_a_wrong_file_is_named_with_what_is_wrong_in_it(tmp_path: Path, most: object, more: str, wrong: str) -> None:
    write(tmp_path, "1", most, more=more)
    with pytest.raises(SetupError, match=wrong) as refused:
        policy.read(tmp_path, KINDS)
    assert "limits-1.yaml" in str(refused.value)


def dated(folder: Path, version: str, since: str, until: str = "") -> None:
    write(folder, version, 10, since, f"valid_until: {until}\n" if until else "")


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        (("2026-01-01", ""), ("2026-01-01", ""), "both begin on 2026-01-01"),
        (("2026-01-01", "2026-07-01"), ("2026-06-01", ""), "overlap: the first holds until 2026-07-01"),
        (("2026-01-01", "2026-05-30"), ("2026-06-01", ""), "leave a gap: the first holds until 2026-05-30"),
        (("2026-01-01", ""), ("2026-06-01", "2026-12-31"), "limits 2 ends on 2026-12-31 and none follows"),
    ],
)
def test_dates_that_overlap_or_leave_a_gap_are_refused(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], wrong: str
) -> None:
    dated(tmp_path, "1", *first)
    dated(tmp_path, "2", *second)
    with pytest.raises(SetupError, match=wrong):
        policy.read(tmp_path, KINDS)


def test_dates_that_meet_are_taken(tmp_path: Path) -> None:
    dated(tmp_path, "1", "2026-01-01", "2026-05-31")
    dated(tmp_path, "2", "2026-06-01")
    policies = policy.without_database(tmp_path, KINDS)
    assert policies.in_force(Limits, "limits", on=date(2026, 5, 31)).version == "1"
    assert policies.in_force(Limits, "limits", on=date(2026, 6, 1)).version == "2"


def test_an_office_adds_policies_of_its_own(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shipped.mkdir()
    write(shipped, "1", 10)
    assert [found.version for _, found in policy.read(shipped, KINDS, own)] == ["1"], "a service may have none"
    own.mkdir()
    write(own, "office.1", 30, "2026-03-01")
    (own / "..data").mkdir()
    assert [found.version for _, found in policy.read(shipped, KINDS, own)] == ["1", "office.1"]
    (own / "limit-2.yaml").write_text("")
    with pytest.raises(SetupError, match=r"own/limit-2\.yaml is no policy of this service: name it limits-<version>"):
        policy.read(shipped, KINDS, own)


@pytest.mark.parametrize("line", ["", "source: ''"])
def test_a_policy_without_a_source_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "limits-1.yaml").write_text(f"version: '1'\nvalid_from: 2026-01-01\nmost: 1\n{line}\n")
    with pytest.raises(SetupError, match=r"policy file limits-1\.yaml: source: "):
        policy.read(tmp_path, KINDS)


async def test_a_number_that_came_to_the_class_later_changes_no_version(tmp_path: Path, connection: Connection) -> None:
    """Weaker: comparing bytes: each release that adds an optional number would refuse to start on an old database."""

    class More(Limits):
        least: int = 0

    write(tmp_path, "1", 10)
    await policy.load(connection, tmp_path, KINDS)
    policies = await policy.load(connection, tmp_path, {"limits": More})
    assert policies.version(More, "limits", "1").least == 0


def test_a_policy_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="limits-"):
        policy.read(tmp_path, KINDS)


def test_rules_are_tested_without_a_database(tmp_path: Path) -> None:
    write(tmp_path, "b", 10)
    write(tmp_path, "a", 20, "2026-06-01")
    policies: Policies = policy.without_database(tmp_path, KINDS)
    assert policies.in_force(Limits, "limits", on=date(2026, 7, 1)).most == 20
