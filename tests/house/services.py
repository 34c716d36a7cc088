"""What the house tests look at: every service of the checkout, found by its folder."""

from importlib import import_module
from pathlib import Path

from shared.service import Service

ROOT = Path(__file__).resolve().parents[2]
NAMES = tuple(sorted(folder.parent.name for folder in (ROOT / "services").glob("*/app.py")))
SERVICES: dict[str, Service] = {name: import_module(f"services.{name}.app").service for name in NAMES}
CARDS = {name: ROOT / "services" / name / "README.md" for name in NAMES}
