"""Draws the secrets that .env.example leaves open: `python3 -m deploy.compose.secrets > .env`. Standard library."""

import re
import secrets
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
OPEN = re.compile(r"^(\w+)=$", re.MULTILINE)


def drawn(example: str) -> str:
    """The text with 64 random hex digits behind each `NAME=` that has nothing."""
    return OPEN.sub(lambda match: f"{match[1]}={secrets.token_hex(32)}", example)


def main() -> None:
    print(drawn(EXAMPLE.read_text()), end="")


if __name__ == "__main__":
    main()
