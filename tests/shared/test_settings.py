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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("DATABASE_URL", wrong) for wrong in ("foo", "mysql://a:secret@b/x", "postgresql://secret@h:notaport/x")),
        *(("KAFKA", wrong) for wrong in ("x", "h:9092,", "h:9092 i:9092", "kafka://h:9092")),
        *(("ISSUER", wrong) for wrong in ("y", "ftp://i", "https://")),
    ],
)
def test_what_is_no_address_is_a_wrong_setting_and_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"SALOR_{name}", value)
    with pytest.raises(SetupError, match=f"SALOR_{name}: .*not an address") as refused:
        read(Settings)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("DATABASE_URL", good) for good in (
            "postgresql://u:p%40@h.example:5432/n?sslmode=require", "postgres://h", "postgresql://u@h1:1,h2:2/n",
            "postgresql://u:p@[::1]:5432/n", "postgresql:///n?host=/run/postgresql",
        )),
        *(("KAFKA", good) for good in ("127.0.0.1:9092", "a.example:1,b-2:2", "[::1]:9092")),
        *(("ISSUER", good) for good in ("http://127.0.0.1:8000", "https://sso.example/realms/salor")),
    ],
)  # fmt: skip
def test_an_address_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SALOR_{name}", value)
    assert getattr(read(Settings), name.lower()) == value


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"KAFKA_USERNAME": "training"}, "KAFKA_PASSWORD: .*set both"),
        ({"KAFKA_PASSWORD": "secret"}, "KAFKA_PASSWORD: .*set both"),
        ({"KAFKA_MECHANISM": "PLAIN"}, "KAFKA_MECHANISM: .*set SALOR_KAFKA_CA"),
        ({"KAFKA_CA": "/nowhere/ca.crt"}, "KAFKA_CA: .*/nowhere/ca.crt: No such file"),
        ({"KAFKA_CA": __file__}, "KAFKA_CA: .*no certificates can be read"),
    ],
)
def test_a_way_into_kafka_that_can_not_work_is_a_wrong_setting(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], wrong: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"SALOR_{name}", value)
    with pytest.raises(SetupError, match=wrong) as refused:
        read(Settings)
    assert "secret" not in str(refused.value)
