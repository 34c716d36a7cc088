"""`make contracts` writes the documents of the contracts; with `check` it only says what is wrong with them.

Either way it refuses what breaks a published event. Exit code 1 then, and where a document is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.contracts.compatible import HINT
from deploy.contracts.declared import ROOT
from deploy.contracts.documents import broken, stale, write
from deploy.local.trouble import say


def main(arguments: list[str], root: Path = ROOT) -> int:
    """The exit code."""
    if problems := broken(root):
        for problem in problems:
            say(problem)
        say(HINT)
        return 1
    if arguments == ["check"]:
        return _check(root)
    for path in write(root):
        say(f"written: {path}")
    return 0


def _check(root: Path) -> int:
    found = stale(root)
    for path in found:
        say(f"{path} is not what the code makes: make contracts")
    say(f"contracts: {'stale' if found else 'fresh, and nothing published is broken'}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
