"""What was stored by an earlier release stays readable, keeps its bytes, and computes again to the same bytes."""

import json
from pathlib import Path

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.rules.evaluate import recompute
from tests.services.evaluation.policies import POLICIES

STORED = json.loads((Path(__file__).parent / "stored-2026.1.json").read_text())
"""Made by the release before parts were rated or direct and needs could be met. Never made anew."""


def test_evidence_and_results_of_old_keep_their_bytes() -> None:
    assert Evidence.parse(STORED["evidence"]).canonical() == STORED["evidence"]
    assert Result.parse(STORED["result"]).canonical() == STORED["result"]


def test_a_result_of_old_recomputes_byte_for_byte_by_the_policy_that_it_names() -> None:
    policy = POLICIES.version(ScoringPolicy, "scoring", Result.parse(STORED["result"]).policy_version)

    assert recompute(STORED["evidence"], policy) == STORED["result"]


def test_a_later_policy_gives_another_result_so_the_name_matters() -> None:
    policy = POLICIES.version(ScoringPolicy, "scoring", "2026.2")

    assert recompute(STORED["evidence"], policy) != STORED["result"]
