"""Makes a checkout ready to run, with any Python >= 3.11: `python3 -m deploy.local.bootstrap`. Standard library only.

Virtual environment, uv, the locked Python packages, Kafka's jars. All pinned by hash; what is there and whole is kept,
what is half done is done again; a second run takes a fraction of a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
JARS = LOCAL / "jars"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "bootstrapped"
LOCKS = (ROOT / "requirements-bootstrap.lock", ROOT / "requirements-dev.lock")
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
REPOSITORY = "import jgo.constants; print(jgo.constants.MAVEN_CENTRAL_URL)"


def main() -> int:
    if sys.version_info < OLDEST:
        return _again_with_a_newer_python()
    from deploy.local.trouble import Trouble  # an old Python can't even parse it

    LOCAL.mkdir(exist_ok=True)
    try:
        with (LOCAL / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second waits, then finds all done
            packages()
            jars()
    except Trouble as trouble:
        say(f"bootstrap: {trouble}")
        return 1
    return 0


def packages() -> None:
    """The virtual environment as locked; the stamp is its last step, so an interrupted install is repeated."""
    if STAMP.is_file() and STAMP.read_text() == _key() and PYTHON.exists():
        return
    STAMP.unlink(missing_ok=True)
    if not _usable():
        with Step("virtual environment"):
            _make_venv()
    with Step("uv"):
        _run([PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", LOCKS[0]])
    with Step("Python packages"):
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        _run([VENV / "bin" / "uv", "pip", "sync", *quiet, "--require-hashes", "--python", PYTHON, LOCKS[1]])
    STAMP.write_text(_key())


def jars() -> None:
    from deploy.local import jars as kafka

    absent = kafka.missing(JARS, kafka.read())
    if absent:
        with Step("Kafka"):
            kafka.fetch(JARS, _repository(), absent, _counter)


class Step:
    """Says what is being done, and afterwards how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.began = time.monotonic()
        say(f"{self.what} ...")

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            say(f"{self.what}: installed in {time.monotonic() - self.began:.1f} s")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _counter(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{line} ", end="\n" if line.endswith("46 jars") else "", file=sys.stderr, flush=True)


def _key() -> str:
    """What the installed environment depends on: the locks and the Python they are installed for."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform} {VENV}".encode())
    for lock in LOCKS:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _usable() -> bool:
    """A virtual environment of this Python's version, with pip in it."""
    wanted = f"import sys, pip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([PYTHON, "-c", wanted], capture_output=True).returncode == 0  # noqa: S603
    except OSError:
        return False


def _make_venv() -> None:
    from deploy.local.trouble import Trouble

    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)  # noqa: S603
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble(f"{sys.executable} can't make a virtual environment: install its venv module (python3-venv)")


def _run(command: list[object]) -> None:
    from deploy.local.trouble import Trouble

    words = [str(word) for word in command]
    try:
        failed = subprocess.run(words, stdin=subprocess.DEVNULL, env=_environment()).returncode  # noqa: S603
    except OSError as error:
        raise Trouble(f"{words[0]} can't be run ({error}): remove {VENV.name} and run this again") from error
    if failed:
        raise Trouble(f"{Path(words[0]).name} failed, see above: is the network there? Then run this again")


def _environment() -> dict[str, str]:
    return {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_LINK_MODE": "copy", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _repository() -> str:
    """The address of the Maven repository, or of a mirror of it."""
    mirror = os.environ.get("SALOR_MAVEN_REPOSITORY")
    command = [str(PYTHON), "-W", "ignore", "-c", REPOSITORY]
    return mirror or subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


def _again_with_a_newer_python() -> int:
    for name in NEWER:
        path = shutil.which(name)
        if (
            path
            and subprocess.run([path, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
            == 0
        ):
            os.execv(path, [path, "-m", "deploy.local.bootstrap"])
    say(
        "bootstrap: Python %d.%d is too old, Salor needs 3.11 or newer: install one and name it: make PYTHON=python3.12"
        % sys.version_info[:2]
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
