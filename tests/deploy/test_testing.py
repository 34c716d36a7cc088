"""A Salor for somebody else's tests is started as a whole, and ends with whoever started it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from deploy.local.program import ROOT
from deploy.local.stack import SERVICES
from deploy.testing.salor_testing import Salor, running

OWN_TESTS = ROOT / "examples" / "own_tests"


def test_it_runs_as_long_as_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SALOR_KAFKA", raising=False)
    with running() as addresses:
        services = Salor(addresses).services
        assert list(services) == list(SERVICES)
        assert urlopen(f"{services['complaints']}/health/ready", timeout=5).status == 200
    for address in (addresses["SALOR_KAFKA"], *(urlsplit(one).netloc for one in services.values())):
        host, _, port = address.partition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))


def test_the_one_that_the_environment_names_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALOR_KAFKA", "127.0.0.1:9092")
    monkeypatch.setenv("SALOR_SERVICES", "complaints=http://127.0.0.1:8000, evaluation=http://127.0.0.1:8001")
    with running() as addresses:
        salor = Salor(addresses)
    assert (salor.kafka, salor.services["evaluation"]) == ("127.0.0.1:9092", "http://127.0.0.1:8001")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "SALOR_KAFKA is missing: set it to"),
        ({"SALOR_KAFKA": ""}, "SALOR_KAFKA is missing: set it to"),
        ({"SALOR_KAFKA": "HOST:PORT"}, "SALOR_KAFKA is 'HOST:PORT', which is no address: set it to"),
        ({"SALOR_KAFKA": "127.0.0.1"}, "SALOR_KAFKA is '127.0.0.1', which is no address: set it to"),
    ],
)
def test_an_address_that_is_none_says_what_to_set(given: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        Salor(given)
    assert "\n" not in str(raised.value)


def test_a_service_without_an_address_says_what_to_set() -> None:
    salor = Salor({"SALOR_KAFKA": "127.0.0.1:9092", "SALOR_SERVICES": "complaints=http://127.0.0.1:8000"})
    with pytest.raises(LookupError, match="SALOR_SERVICES has no training: add training="):
        _ = salor.services["training"]


@pytest.mark.parametrize(
    ("address", "says"),
    [("HOST:PORT", "SALOR_KAFKA is 'HOST:PORT', which is no address"), ("127.0.0.1:1", "Kafka does not answer at")],
)
def test_the_tests_of_others_are_told_in_one_line(address: str, says: str, tmp_path: Path) -> None:
    """Weaker: who mistypes an address reads pages of a Kafka client's insides, for each test once."""
    copied = shutil.copytree(OWN_TESTS, tmp_path / "own", ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    settings = copied / "pytest.ini"
    settings.write_text(settings.read_text().replace("../..", str(ROOT)))
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_asyncio.plugin"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-k", "report_becomes"],
        cwd=copied,
        env={**os.environ, **plugins, "SALOR_KAFKA": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, "Traceback" in ended.stdout, "salor.py:" in ended.stdout) == (1, False, False)
    assert says in ended.stdout
