"""What the evaluation service needs from the environment: the chassis' settings."""

from shared.settings import Settings


class EvaluationSettings(Settings):
    """Nothing of its own yet."""
