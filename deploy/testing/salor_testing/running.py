"""Starting a Salor from another project: by the Python of its checkout, so that neither's packages meet the other's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
PYTHON = CHECKOUT / ".venv" / "bin" / "python"
STOP_SECONDS = 60.0


@contextmanager
def running() -> Iterator[Mapping[str, str]]:
    """The addresses of the Salor that the environment names (SALOR_KAFKA, ...), else of one that runs meanwhile.

    The first time it installs what Salor needs, which takes a network and about half a minute. Raises RuntimeError
    where Salor can't be installed or started; what it said is on the error output.
    """
    if "SALOR_KAFKA" in os.environ:
        yield os.environ
        return
    # The Python that made the environment: another one would make it anew, under what runs in it.
    _install(PYTHON if PYTHON.exists() else Path(sys.executable))
    process = subprocess.Popen(
        [PYTHON, "-m", "deploy.testing"],
        cwd=CHECKOUT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # ctrl-C reaches the tests only, which then end it in order
    )
    try:
        told = process.stdout.readline() if process.stdout else ""
        if not told:
            raise RuntimeError(f"Salor did not start; what it said is on the error output, its checkout is {CHECKOUT}")
        yield json.loads(told)
    finally:
        _end(process)


def _install(python: Path) -> None:
    """What the checkout needs; a fifth of a second where all is there."""
    done = subprocess.run([python, "-m", "deploy.local.bootstrap"], cwd=CHECKOUT, env=_environment(), check=False)
    if done.returncode:
        raise RuntimeError(f"Salor could not be installed, see the error output; try: make -C {CHECKOUT} bootstrap")


def _end(process: subprocess.Popen[str]) -> None:
    """It stops when its input ends."""
    try:
        process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment() -> dict[str, str]:
    """Ours, without what would lead Salor's Python to another project's packages."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
