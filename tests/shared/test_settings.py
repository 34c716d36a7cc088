from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from shared.errors import SetupError
from shared.settings import Settings, read

GOOD = {"SALOR_DATABASE_URL": "postgresql://x", "SALOR_KAFKA": "k:1", "SALOR_ISSUER": "http://i"}


@pytest.fixture(autouse=True)
def good(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_good_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALOR_ROLES", "api, relay")
    settings = read(Settings)
    assert settings.roles == ("api", "relay")
    assert settings.zone == ZoneInfo("Asia/Jakarta")


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SALOR_DATABASE_URL")
    monkeypatch.delenv("SALOR_ISSUER")
    for name, value in {"ROLES": "api,cook", "TIMEZONE": "Asia/Atlantis", "POOL_SIZE": "many"}.items():
        monkeypatch.setenv(f"SALOR_{name}", value)
    with pytest.raises(SetupError) as wrong:
        read(Settings)
    for part in ("DATABASE_URL", "ISSUER", "ROLES", "cook", "TIMEZONE", "POOL_SIZE"):
        assert part in str(wrong.value)


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "../etc/passwd", "Asia", ""])
def test_a_zone_that_is_none_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("SALOR_TIMEZONE", zone)
    with pytest.raises(SetupError, match="SALOR_TIMEZONE"):
        read(Settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP_PORT", "70000"),
        ("POOL_SIZE", "1"),
        ("BATCH_RECORDS", "0"),
        ("SHUTDOWN_SECONDS", "0"),
        ("OUTBOX_DAYS", "0"),
    ],
)
def test_a_number_that_can_not_work_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SALOR_{name}", value)
    with pytest.raises(SetupError, match=f"SALOR_{name}"):
        read(Settings)
