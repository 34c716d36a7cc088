"""`make contracts` writes the documents of the contracts; with `check` it only says what is wrong with them.

Either way it refuses what breaks a published event, and leaves alone what it has not made. Exit code 1 then, and where
a document is stale.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.contracts.compatible import HINT
from deploy.contracts.declared import ROOT
from deploy.contracts.documents import API, broken, foreign, stale, write
from deploy.local.trouble import Trouble, say


def main(arguments: list[str], root: Path = ROOT) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.contracts", description=__doc__)
    parser.add_argument("check", nargs="?", choices=["check"], help="write nothing, say what is wrong")
    try:
        return _run(root, writing=parser.parse_args(arguments).check is None)
    except Trouble as trouble:
        say(f"{trouble}")
        return 1


def _run(root: Path, *, writing: bool) -> int:
    if problems := broken(root):
        for problem in problems:
            say(problem)
        say(HINT)
        return 1
    strange = foreign(root)
    for path in strange:
        say(f"{path} is made by nobody: {API} is for what the code makes, take it away or keep it elsewhere")
    if writing:
        for path in write(root):
            say(f"written: {path}")
        return int(bool(strange))
    found = stale(root)
    for path in found:
        say(f"{path} is not what the code makes: make contracts")
    say(f"contracts: {'stale' if found or strange else 'fresh, and nothing published is broken'}")
    return int(bool(found or strange))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
