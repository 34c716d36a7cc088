"""Kafka's jars: a list pinned by checksum, fetched once, never trusted unseen. Standard library only."""

from __future__ import annotations

import hashlib
import os
import tempfile
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

from deploy.local.trouble import Trouble

LIST = Path(__file__).with_name("kafka.jars")
THREADS = 8
TIMEOUT_SECONDS = 30
TRIES = 3


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    @property
    def path(self) -> str:
        """Its place in a Maven repository."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"


def read(listing: Path = LIST) -> list[Jar]:
    """Lines of `group:artifact:version sha256`."""
    jars = []
    for line in listing.read_text().splitlines():
        coordinates, sha256 = line.split()
        group, artifact, version = coordinates.split(":")
        jars.append(Jar(group, artifact, version, sha256))
    return jars


def missing(folder: Path, jars: Sequence[Jar]) -> list[Jar]:
    """The jars that are not there or not whole; reads all of them: 43 MB, 0.1 s."""
    return [jar for jar in jars if not _whole(folder / jar.name, jar)]


def classpath(folder: Path, jars: Sequence[Jar] | None = None) -> str:
    """In a fixed order: a class-data archive is only valid for the class path it was made with."""
    return os.pathsep.join(str(folder / jar.name) for jar in (read() if jars is None else jars))


def fetch(folder: Path, repository: str, jars: Sequence[Jar]) -> None:
    """Each jar to a temporary file, checked, then moved to its name: a killed fetch leaves nothing half done."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda jar: _fetch(folder, repository, jar), jars))


def _fetch(folder: Path, repository: str, jar: Jar) -> None:
    content = _download(f"{repository.rstrip('/')}/{jar.path}", jar)
    if hashlib.sha256(content).hexdigest() != jar.sha256:
        raise Trouble(
            f"{jar.name} has not the checksum that {LIST.name} pins: what came is not what was published;"
            " do not use it, check the network's proxy or mirror and run this again"
        )
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
        part.write(content)
    os.replace(part.name, folder / jar.name)


def _download(url: str, jar: Jar) -> bytes:
    error: Exception | None = None
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
                return bytes(answer.read())
        except HTTPError as refusal:
            raise Trouble(f"{jar.name} could not be fetched ({refusal}): is the jar list right?") from refusal
        except OSError as failure:
            error = failure
    raise Trouble(f"{jar.name} could not be fetched ({error}): is the network there? Then run this again") from error


def _whole(file: Path, jar: Jar) -> bool:
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == jar.sha256
