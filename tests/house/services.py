"""What the house tests look at: every service of the checkout, and its card."""

from deploy.contracts.declared import NAMES, ROOT, SERVICES

__all__ = ["CARDS", "NAMES", "ROOT", "SERVICES"]

CARDS = {name: ROOT / "services" / name / "README.md" for name in NAMES}
