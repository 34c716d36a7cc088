"""What a scoring policy must not say: each is refused with the file, the number and what to do."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.evaluation.model.policy import ScoringPolicy
from shared.errors import SetupError
from shared.policy import without_database
from tests.services.evaluation.policies import FOLDER

KINDS = {"scoring": ScoringPolicy}


def write(folder: Path, version: str, since: str, shrinkage: int = 8, **late: int) -> None:
    body: dict[str, Any] = yaml.safe_load((FOLDER / "scoring-2026.2.yaml").read_text())
    body |= {"version": version, "valid_from": date.fromisoformat(since), "shrinkage": shrinkage}
    body["services"]["late_per_10000"] |= late
    (folder / f"scoring-{version}.yaml").write_text(yaml.safe_dump(body))


def test_a_reference_above_3000_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "9", "2026-01-01", ktp=3000)
    without_database(tmp_path, KINDS)
    write(tmp_path, "9", "2026-01-01", ktp=3001)
    with pytest.raises(SetupError, match=r"scoring-9\.yaml: services\.late_per_10000\.ktp: .*mend the standard"):
        without_database(tmp_path, KINDS)


def test_a_reference_is_frozen_for_a_year(tmp_path: Path) -> None:
    write(tmp_path, "1", "2026-01-01")
    write(tmp_path, "2", "2026-06-01", akta=500)
    write(tmp_path, "3", "2026-12-31", ktp=900)
    with pytest.raises(SetupError, match=r"reference of ktp changes on 2026-12-31, .* begin on 2027-01-01 or later"):
        without_database(tmp_path, KINDS)
    write(tmp_path, "3", "2027-01-01", ktp=900)
    assert len(without_database(tmp_path, KINDS).known["scoring"]) == 3


def test_k_stays_in_its_limits_and_is_frozen_for_a_year(tmp_path: Path) -> None:
    write(tmp_path, "1", "2026-01-01", shrinkage=21)
    with pytest.raises(SetupError, match=r"scoring-1\.yaml: shrinkage: .*K is 4 to 20"):
        without_database(tmp_path, KINDS)
    write(tmp_path, "1", "2026-01-01")
    write(tmp_path, "2", "2026-12-31", shrinkage=9)
    with pytest.raises(SetupError, match=r"K \(`shrinkage`\) changes on 2026-12-31, .* begin on 2027-01-01 or later"):
        without_database(tmp_path, KINDS)
    write(tmp_path, "2", "2027-01-01", shrinkage=9)
    policies = without_database(tmp_path, KINDS)
    days = (date(2026, 12, 31), date(2027, 1, 1))
    assert [policies.in_force(ScoringPolicy, "scoring", on=day).shrinkage for day in days] == [8, 9]


def test_a_new_service_gets_its_reference_at_any_time_and_keeps_it_for_a_year(tmp_path: Path) -> None:
    write(tmp_path, "1", "2026-01-01")
    write(tmp_path, "2", "2026-06-01", akta=500)
    write(tmp_path, "3", "2027-01-01", akta=600)
    with pytest.raises(SetupError, match="reference of akta"):
        without_database(tmp_path, KINDS)
