"""Evaluation with a bug about one officer, for as long as a file names him: `python -m tests.faults.buggy FILE`.

Every attempt at a complaint is noted beside the file, so that its neighbours' can be counted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from services.evaluation.actions import complaints
from services.evaluation.app import service
from shared.messaging.tx import Tx
from shared.service import main


def attempts(file: Path) -> Path:
    """Where attempts are noted: a complaint's id a line."""
    return file.with_suffix(".attempts")


def set_up(file: Path) -> None:
    """Put the bug in front of the verb."""
    evaluate = complaints.evaluate

    async def buggy(tx: Tx, causes: Sequence[complaints.Filed]) -> None:
        if _fails(file, causes):
            raise ZeroDivisionError("a bug of the tests")
        await evaluate(tx, causes)

    complaints.evaluate = buggy


def _fails(file: Path, causes: Sequence[complaints.Filed]) -> bool:
    if not file.exists():
        return False
    with attempts(file).open("a") as noted:
        noted.writelines(f"{cause.body.complaint_id}\n" for cause in causes)
    return file.read_text() in {str(cause.body.employee_id) for cause in causes}


if __name__ == "__main__":
    set_up(Path(sys.argv[1]))
    main(service)
