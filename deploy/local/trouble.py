"""What the newcomer is told, when something is wrong and otherwise."""

import sys


class Trouble(Exception):
    """One line that says what is wrong and what to do."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
