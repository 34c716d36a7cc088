"""A Salor for somebody else's tests is started as a whole, and ends with whoever started it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from deploy.local.stack import SERVICES
from deploy.testing.salor_testing import Salor, running


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
