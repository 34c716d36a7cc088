"""What a checkout needs: virtual environment, uv, the locked Python packages, Kafka's jars. Standard library only.

All is pinned by hash. What is there and whole is kept, what is half done is done again; a run that finds all done takes
0.2 s.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import jars as kafka
from deploy.local.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
UV_LOCK, PACKAGES_LOCK = ROOT / "requirements-bootstrap.lock", ROOT / "requirements-dev.lock"
REPOSITORY = "import jgo.constants; print(jgo.constants.MAVEN_CENTRAL_URL)"


def main() -> int:
    LOCAL.mkdir(exist_ok=True)
    try:
        with (LOCAL / "install.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second waits, then finds all done
            packages()
            jars(LOCAL / "jars", kafka.LIST, repository)
    except Trouble as trouble:
        tell(str(trouble))
        return 1
    return 0


def packages() -> None:
    """The virtual environment as locked; the stamp comes last, so an interrupted install is repeated."""
    if STAMP.is_file() and STAMP.read_text() == _key() and PYTHON.exists():
        return
    STAMP.unlink(missing_ok=True)
    if not _usable():
        with step("virtual environment"):
            _make_venv()
    with step("uv"):
        _run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", UV_LOCK)
    with step("Python packages"):
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        _run(VENV / "bin" / "uv", "pip", "sync", *quiet, "--require-hashes", "--python", PYTHON, PACKAGES_LOCK)
    STAMP.write_text(_key())


def jars(folder: Path, listing: Path, address: Callable[[], str]) -> None:
    """Fetches the listed jars that are not there or not whole."""
    absent = kafka.missing(folder, kafka.read(listing))
    if absent:
        with step(f"Kafka, {len(absent)} jars"):
            kafka.fetch(folder, address(), absent)


def repository() -> str:
    """The address of the Maven repository, or of a mirror of it."""
    return (
        os.environ.get("SALOR_MAVEN_REPOSITORY")
        or subprocess.check_output(
            [PYTHON, "-W", "ignore", "-c", REPOSITORY], text=True, stderr=subprocess.DEVNULL
        ).strip()
    )


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what is being done, and afterwards how long it took."""
    began = time.monotonic()
    tell(f"installing: {what} ...")
    yield
    tell(f"installed: {what} ({time.monotonic() - began:.1f} s)")


def tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _key() -> str:
    """What the installed environment depends on: the locks, the place, the Python."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform} {VENV}".encode())
    for lock in (UV_LOCK, PACKAGES_LOCK):
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _usable() -> bool:
    """A virtual environment of this Python's version, with pip in it."""
    asked = f"import sys, pip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([PYTHON, "-c", asked], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], check=False, capture_output=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble(f"{sys.executable} can't make a virtual environment: install its venv module (python3-venv)")


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        code = subprocess.run(words, check=False, stdin=subprocess.DEVNULL, env=environment).returncode
    except OSError as error:
        raise Trouble(f"{words[0]} can't be run ({error}): remove {VENV} and run this again") from error
    if code:
        raise Trouble(f"{Path(words[0]).name} failed, see above: is the network there? Then run this again")
