"""The dependency audit never calls clean what nobody looked at."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local import audit

CLEAN: dict[str, Any] = {"name": "good", "version": "1", "vulns": []}
HOLED: dict[str, Any] = {"name": "bad", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
SKIPPED: dict[str, Any] = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([CLEAN], 0, "1 packages, no known vulnerability"),
        ([CLEAN, SKIPPED], 0, "not run (the advisory service knew nothing of 1 of 2 packages)"),
        ([CLEAN, SKIPPED, HOLED], 1, "1 known vulnerabilities"),
    ],
)
def test_what_the_audit_says(
    packages: list[dict[str, Any]], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.judge(packages) == code
    assert capsys.readouterr().out.splitlines()[-1] == f"dependency audit: {said}"


def test_a_hole_is_named_with_its_cure(capsys: pytest.CaptureFixture[str]) -> None:
    audit.judge([HOLED])
    assert "bad 1: CVE-1, fixed in 2" in capsys.readouterr().out
