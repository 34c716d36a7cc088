"""Kafka's jars are what the list pins, whatever the network says."""

from __future__ import annotations

import functools
import hashlib
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import bootstrap, install, jars
from deploy.local.chosen import HOST, free_port
from deploy.local.trouble import Trouble

CONTENT = {"one": b"1" * 1000, "two": b"2" * 1000}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


class Repository:
    """A Maven repository with two jars, served over HTTP, and the list that pins them."""

    def __init__(self, folder: Path) -> None:
        self.served, self.listing, self.jars = folder / "served", folder / "pinned.jars", folder / "jars"
        lines = [f"org.example:{name}:1.0 {hashlib.sha256(body).hexdigest()}" for name, body in CONTENT.items()]
        self.listing.write_text("\n".join(lines) + "\n")
        for jar in jars.read(self.listing):
            self.publish(jar, CONTENT[jar.artifact])
        handler = functools.partial(Quiet, directory=str(self.served))
        self.server = http.server.ThreadingHTTPServer((HOST, 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, jar: jars.Jar, body: bytes) -> None:
        file = self.served / jar.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)

    def address(self) -> str:
        return f"http://{HOST}:{self.server.server_port}"

    def install(self) -> None:
        install.jars(self.jars, self.listing, self.address)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    repository = Repository(tmp_path)
    yield repository
    repository.server.shutdown()
    repository.server.server_close()


def test_all_listed_jars_are_fetched(repository: Repository) -> None:
    repository.install()
    assert {file.name: file.read_bytes() for file in repository.jars.iterdir()} == {
        "one-1.0.jar": CONTENT["one"],
        "two-1.0.jar": CONTENT["two"],
    }


def test_a_wrong_checksum_is_refused_and_leaves_nothing(repository: Repository) -> None:
    one, _ = jars.read(repository.listing)
    repository.publish(one, b"not what was published")
    with pytest.raises(Trouble, match=r"one-1\.0\.jar has not the checksum"):
        repository.install()
    assert not (repository.jars / "one-1.0.jar").exists()
    assert not list(repository.jars.glob("*.part"))


def test_a_truncated_jar_is_repaired_and_the_whole_one_left_alone(repository: Repository) -> None:
    repository.install()
    truncated, whole = repository.jars / "one-1.0.jar", repository.jars / "two-1.0.jar"
    truncated.write_bytes(CONTENT["one"][:500])
    before = whole.stat().st_mtime_ns
    repository.install()
    assert truncated.read_bytes() == CONTENT["one"]
    assert whole.stat().st_mtime_ns == before


def test_with_all_there_no_network_is_needed(repository: Repository) -> None:
    repository.install()
    install.jars(repository.jars, repository.listing, lambda: pytest.fail("asked for the repository"))


def test_a_network_that_is_not_there_is_told_in_one_line(repository: Repository) -> None:
    with pytest.raises(Trouble, match="is the network there") as trouble:
        install.jars(repository.jars, repository.listing, lambda: f"http://{HOST}:{free_port()}")
    assert "\n" not in str(trouble.value)


def test_a_jar_that_the_repository_lacks_is_named(repository: Repository) -> None:
    one, _ = jars.read(repository.listing)
    (repository.served / one.path).unlink()
    with pytest.raises(Trouble, match=r"one-1\.0\.jar could not be fetched .*404"):
        repository.install()


def test_the_list_holds_kafka_at_one_version() -> None:
    kafka = {jar.version for jar in jars.read() if jar.group == "org.apache.kafka"}
    assert kafka == {"4.1.1"}


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9))
    monkeypatch.setenv("PATH", "")
    assert bootstrap.main() == 1
    assert capsys.readouterr().err.startswith("Python 3.9 is too old, Salor needs 3.11")


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    """-S: no site-packages at all."""
    command = [sys.executable, "-S", "-c", "import deploy.local.bootstrap, deploy.local.install"]
    subprocess.run(command, cwd=install.ROOT, check=True)
