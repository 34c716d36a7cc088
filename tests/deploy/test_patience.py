"""A wait grows with the load on the machine, and is never shorter than on one that has nothing else to do."""

from __future__ import annotations

import os

import pytest

from deploy.local.patience import patience


@pytest.mark.parametrize(("load", "seconds"), [(0.0, 30.0), (4.0, 30.0), (10.0, 75.0)])
def test_a_wait_grows_with_the_load_on_each_processor(
    monkeypatch: pytest.MonkeyPatch, load: float, seconds: float
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 99.0, 99.0))
    assert patience(30.0) == seconds
