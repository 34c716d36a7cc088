"""Where the tests take their servers from, and what is said where they can't be had."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import pytest

from deploy.local.trouble import Trouble
from tests.containers import broker, kafka_container, postgres_container, wanted


@pytest.mark.parametrize(
    ("asked", "embedded", "containers"),
    [
        (None, True, False),
        (None, False, True),
        ("", True, False),
        ("embedded", False, False),
        ("containers", True, True),
    ],
)
def test_containers_are_taken_where_asked_for_or_where_nothing_is_installed(
    asked: str | None, embedded: bool, containers: bool
) -> None:
    assert wanted(asked, embedded) is containers


def test_a_source_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Trouble, match="SALOR_TEST_SERVERS is dokcer: it must be embedded or containers"):
        wanted("dokcer", True)


def test_a_broker_in_a_container_listens_where_it_says_so_that_it_can_ask_itself() -> None:
    settings = broker(23287)
    assert settings["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://127.0.0.1:23287"
    assert settings["KAFKA_LISTENERS"].split(",")[0] == "PLAINTEXT://0.0.0.0:23287"


@pytest.mark.parametrize("server", [kafka_container(), postgres_container()], ids=["kafka", "postgres"])
async def test_without_docker_it_is_said_what_to_do(
    server: AbstractAsyncContextManager[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(Trouble, match=r"no container of .*; start Docker, .* run make test"):
        await server.__aenter__()
