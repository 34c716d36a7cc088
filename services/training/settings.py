"""What the training service needs from the environment."""

from pathlib import Path

from shared.settings import Settings


class TrainingSettings(Settings):
    """The chassis' settings, and where the catalogue is read from."""

    training_seed: Path = Path(__file__).parent / "seed" / "catalogue-2026.2.yaml"
