"""The shipped policies of evaluation, read without a database."""

from datetime import date
from pathlib import Path

import services.evaluation
from services.evaluation.model.decisions import DecisionPolicy
from services.evaluation.model.policies import KINDS
from services.evaluation.model.policy import ScoringPolicy, ViewPolicy
from services.evaluation.model.predicate import PredicatePolicy
from shared.policy import without_database

FOLDER = Path(services.evaluation.__file__).parent / "policy"
POLICIES = without_database(FOLDER, KINDS)
SCORING = POLICIES.in_force(ScoringPolicy, "scoring", on=date(2026, 7, 1))
VIEW = POLICIES.in_force(ViewPolicy, "view", on=date(2026, 7, 1))
PREDICATE = POLICIES.in_force(PredicatePolicy, "predicate", on=date(2026, 7, 1))
DECISIONS = POLICIES.in_force(DecisionPolicy, "decisions", on=date(2026, 7, 1))
