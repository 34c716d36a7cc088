"""docker-compose.yml, read without Docker: the services, settings and topology of the code, every secret asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.compose import secrets
from deploy.compose.journeys import Composed
from deploy.compose.secrets import EXAMPLE, drawn
from deploy.local.program import ROOT
from deploy.local.stack import SERVICES as NAMES
from deploy.local.stack import Stack
from shared.settings import Settings, read
from tests.house.services import SERVICES

FILE, IMAGE = ROOT / "docker-compose.yml", ROOT / "deploy" / "Dockerfile"
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
ONCE = {"district", "journeys"}  # what runs once, beside the topology
KINDS = ("PYTHON", "KAFKA", "POSTGRES")  # of images
every_service = pytest.mark.parametrize("name", NAMES)


@cache
def variables() -> dict[str, str]:
    """What `.env` has when it was drawn."""
    lines = [line for line in drawn(EXAMPLE.read_text()).splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def composed() -> dict[str, Any]:
    """The services as Compose reads them with that `.env`."""
    given = variables()
    text = VARIABLE.sub(lambda match: given.get(match[1]) or (match[3] if match[2] == "-" else "MISSING"), _bare())
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    return services


def _bare() -> str:
    """Without comments, which name variables too."""
    return re.sub(r"(^|\s)#.*$", "", FILE.read_text(), flags=re.MULTILINE)


def image_settings() -> dict[str, str]:
    """SALOR_ variables that the image sets."""
    return dict(re.findall(r"(SALOR_HTTP_\w+)=(\S+)", IMAGE.read_text()))


def copied(*stages: str) -> list[str]:
    """What the stages of the Dockerfile copy in."""
    found = re.split(r"^FROM \S+ AS (\w+)$", IMAGE.read_text(), flags=re.MULTILINE)
    texts = dict(zip(found[1::2], found[2::2], strict=True))
    return [source for stage in stages for source in re.findall(r"^COPY (\S+)", texts[stage], re.MULTILINE)]


def test_it_runs_what_the_embedded_stack_runs(tmp_path: Path) -> None:
    assert set(composed()) - ONCE == {program.name for program in Stack(tmp_path).programs}


@every_service
def test_a_service_gets_the_settings_that_the_embedded_stack_gives(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = composed()[name]["environment"] | image_settings()
    program = next(program for program in Stack(tmp_path, static=False).programs if program.name == name)
    assert set(given) | {"SALOR_ROLES"} == set(program.env), (
        "all roles, and members without an ordinal: it can be scaled"
    )
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = read(SERVICES[name].settings)
    assert {f"SALOR_{field}".upper() for field in type(settings).model_fields} >= set(given)
    assert settings.database_url.endswith(f"@postgres/{name}")
    assert f"//{name}:{variables()[f'SALOR_DB_{name.upper()}']}@" in settings.database_url


@every_service
def test_a_service_is_built_from_its_own_code_and_can_be_scaled(name: str) -> None:
    service = composed()[name]
    assert (service["build"]["target"], service["build"]["args"]["SERVICE"]) == ("service", name)
    assert all("-" in port.split(":")[1] for port in service["ports"]), "a single port could be taken only once"
    assert float(service["stop_grace_period"].removesuffix("s")) > Settings.model_fields["shutdown_seconds"].default


def test_addresses_lead_to_services_of_the_file() -> None:
    services = composed()
    texts = [str(value) for service in services.values() for value in service.get("environment", {}).values()]
    hosts = {host for text in texts for host in re.findall(r"(?:http://|INSIDE://|@)(\w+)[:/]", text)}
    assert {"kafka", "postgres", "issuer", "complaints"} <= hosts
    assert hosts - {"localhost"} <= set(services)
    assert services["notifications"]["environment"]["SALOR_SMTP_HOST"] in services


def test_the_image_of_a_service_holds_nothing_of_another() -> None:
    own = ["services/__init__.py", "services/${SERVICE}"]
    assert copied("packages", "service") == ["requirements.lock", "shared", *own]
    assert IMAGE.read_text().rindex("AS service") > IMAGE.read_text().rindex("AS local"), "the default of a build"
    assert "/health/ready" in IMAGE.read_text()
    assert re.findall(r"^USER (\d+)$", IMAGE.read_text(), re.MULTILINE) == ["10001", "10001"]


def test_the_helpers_run_on_the_packages_of_the_services() -> None:
    pinned = [set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE)) for lock in locks()]
    assert pinned[0] < pinned[1]


def locks() -> Iterator[str]:
    """What the image of services installs, and what that of the helpers does."""
    yield from (source for source in copied("packages", "local") if source.endswith(".lock"))


def test_what_is_missing_is_named_and_stands_in_the_example() -> None:
    asked = {name: message for name, kind, message in VARIABLE.findall(_bare()) if kind == "?"}
    assert all(message.startswith(f"set {name} to ") for name, message in asked.items())
    assert set(asked) == set(variables())
    plain = {name for name, kind, _ in VARIABLE.findall(_bare()) if not kind}
    assert plain <= set(asked), "what is used without a default is asked for somewhere"


def test_every_image_comes_from_the_environment() -> None:
    lines = re.findall(r"^ +(?:image|SALOR_IMAGE_\w+): (\S+)", _bare(), re.MULTILINE)
    ours = {"salor/local", *(f"salor/{name}" for name in NAMES)}
    assert {line.split(":")[0] for line in lines} - ours == {f"${{SALOR_IMAGE_{kind}" for kind in KINDS}


def test_each_secret_is_drawn_by_itself() -> None:
    secrets = [value for name, value in variables().items() if not name.startswith("SALOR_IMAGE_")]
    assert all(re.fullmatch(r"[0-9a-f]{64}", secret) for secret in secrets)
    assert len(set(secrets)) == len(secrets)


def test_secrets_that_are_in_use_are_not_drawn_again(tmp_path: Path) -> None:
    """Weaker: who gives the command again has other passwords than the databases."""
    file = tmp_path / ".env"
    assert secrets.main(file) == ""
    first = file.read_text()
    assert (file.stat().st_mode & 0o777, set(re.findall(r"^(\w+)=.", first, re.MULTILINE))) == (0o600, set(variables()))
    refused = secrets.main(file)
    assert (refused.partition(",")[0], len(refused.splitlines())) == (".env is there already", 1)
    assert file.read_text() == first


def test_nothing_that_people_read_has_the_shell_empty_the_file_first() -> None:
    """Weaker: the keys are gone before the command can refuse."""
    read = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), FILE, EXAMPLE]
    assert [page.name for page in read if "compose.secrets >" in page.read_text()] == []


def test_the_journeys_are_given_what_they_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in composed()["journeys"]["environment"].items():
        monkeypatch.setenv(variable, value)
    stack = Composed(**{})
    assert [stack.postgres_url(name) for name in NAMES] == [
        composed()[name]["environment"]["SALOR_DATABASE_URL"] for name in NAMES
    ]


def test_the_database_server_makes_a_role_for_each_service() -> None:
    script = (ROOT / "deploy" / "compose" / "databases.sh").read_text()
    assert re.findall(r"^for service in (.+); do$", script, re.MULTILINE) == [" ".join(NAMES)]
    assert {name.upper() for name in NAMES} < set(composed()["postgres"]["environment"])
