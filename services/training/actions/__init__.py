"""The verbs of training. Whoever gives or takes seats holds `SEATS`: a need may sit in any of several courses."""

from services.training.actions.seating import SEATS

__all__ = ["SEATS"]
