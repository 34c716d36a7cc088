"""The scoring policy that is tried: the shipped one, or a file that is not in force yet."""

from datetime import date
from pathlib import Path

import yaml

import services.evaluation
from services.evaluation.model.policy import ScoringPolicy
from shared.policy import without_database

FOLDER = Path(services.evaluation.__file__).parent / "policy"


def shipped() -> ScoringPolicy:
    """The newest shipped policy: what is tried does not depend on the day."""
    return without_database(FOLDER, {"scoring": ScoringPolicy}).in_force(ScoringPolicy, "scoring", on=date.max)


def of_file(path: Path) -> ScoringPolicy:
    """The policy of a file. Raises ValidationError naming the number that is wrong."""
    return ScoringPolicy.model_validate(yaml.safe_load(path.read_text()))
