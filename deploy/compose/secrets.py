"""Makes `.env` of .env.example, with each secret drawn: `python3 -m deploy.compose.secrets`. Standard library."""

import os
import re
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
FILE = EXAMPLE.with_name(".env")
OPEN = re.compile(r"^(\w+)=$", re.MULTILINE)


def drawn(example: str) -> str:
    """The text with 64 random hex digits behind each `NAME=` that has nothing."""
    return OPEN.sub(lambda match: f"{match[1]}={secrets.token_hex(32)}", example)


def main(file: Path = FILE) -> str:
    """Write it, for its owner's eyes only. Gives why not: what has run with a file that is there needs its secrets.

    With other passwords no service reaches its database; with other keys a citizen counts as two, and webhooks stop.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return (
            f"{file.name} is there already, and nothing was drawn: what has run with it needs its passwords and keys. "
            "Edit it to change a setting; only where it is empty, or nothing has run with it yet, move it away first."
        )
    with os.fdopen(descriptor, "w") as written:
        written.write(drawn(EXAMPLE.read_text()))
    return ""


if __name__ == "__main__":
    sys.exit(main() or None)
