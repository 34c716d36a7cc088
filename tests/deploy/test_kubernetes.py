"""deploy/kubernetes, read without a cluster: settings, roles, probes, names and selectors are those of the code."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from deploy.local.stack import SERVICES as NAMES
from shared.service import web
from shared.settings import ROLES, read
from tests.deploy import manifests
from tests.deploy.manifests import COMPONENT, FOLDER, NAME, PART_OF, PARTS
from tests.deploy.test_compose import IMAGE, image_settings
from tests.house.services import SERVICES
from tests.house.test_alerts import METRIC, RULES, exposed, families, unstarted

every_service = pytest.mark.parametrize("name", NAMES)
every_part = pytest.mark.parametrize(("name", "part"), list(product(NAMES, PARTS)))
every_folder = pytest.mark.parametrize("folder", ["base", "production"])
SECRET = "ab" * 32  # a key is as good as any password
ADDRESS = f"postgresql://complaints:{SECRET}@db.example:5432/complaints"


def settings_of(name: str, part: str, folder: str) -> dict[str, str]:
    """All that a container gets; secrets as SECRET, in an ADDRESS where one is asked for."""
    given = (
        image_settings() | manifests.literals("base", "salor-settings") | manifests.literals(folder, "salor-settings")
    )
    mail = manifests.literals("base", "salor-mail") | manifests.literals(folder, "salor-mail")
    for one in manifests.container(name, part)["env"]:
        source = one.get("valueFrom", {})
        secret = ADDRESS if one["name"] == "SALOR_DATABASE_URL" else SECRET
        referred = mail[source["configMapKeyRef"]["key"]] if "configMapKeyRef" in source else secret
        given[one["name"]] = one.get("value", referred)
    return given


@every_folder
@every_part
def test_a_pod_has_the_settings_that_its_service_needs(
    name: str, part: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings_of(name, part, folder)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = read(SERVICES[name].settings)
    assert set(given) <= {f"SALOR_{field}".upper() for field in type(settings).model_fields}
    assert "SALOR_INSTANCE" not in given, "members come and go: no ordinals"
    refs = [one["valueFrom"]["secretKeyRef"] for one in manifests.container(name, part)["env"] if "valueFrom" in one
            and "secretKeyRef" in one["valueFrom"]]  # fmt: skip
    assert {ref["name"] for ref in refs} == {name}


def test_the_parts_do_all_that_a_service_does_and_nothing_twice() -> None:
    roles = [settings_of("complaints", part, "base")["SALOR_ROLES"] for part in PARTS]
    assert sorted(",".join(roles).split(",")) == sorted(ROLES)


@every_part
async def test_probes_ask_what_is_answered(name: str, part: str) -> None:
    container = manifests.container(name, part)
    paths = {str(getattr(route, "path", "")) for route in web(await unstarted(name)).routes}
    asked = {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")}
    assert {probe: get["path"] for probe, get in asked.items()} == {
        "startup": "/health/live", "liveness": "/health/live", "readiness": "/health/ready",
    }  # fmt: skip
    assert {get["path"] for get in asked.values()} | {"/metrics"} <= paths
    assert container["ports"] == [{"name": "http", "containerPort": int(image_settings()["SALOR_HTTP_PORT"])}]
    assert {get["port"] for get in asked.values()} == {"http"}


@every_part
def test_a_pod_may_finish_what_it_does(name: str, part: str) -> None:
    pause = float(manifests.container(name, part)["lifecycle"]["preStop"]["exec"]["command"][1])
    seconds = float(settings_of(name, part, "production")["SALOR_SHUTDOWN_SECONDS"])
    assert manifests.pod(name, part)["terminationGracePeriodSeconds"] > pause + seconds


def test_a_pod_runs_as_the_user_of_the_image() -> None:
    assert f"USER {manifests.pod('complaints', 'api')['securityContext']['runAsUser']}\n" in IMAGE.read_text()


@pytest.mark.parametrize("part", PARTS)
def test_selectors_of_a_part_find_its_pods(part: str) -> None:
    (deployment, budget, *service) = manifests.documents(f"service/{part}.yaml")
    labels = {COMPONENT: part}
    assert deployment["spec"]["template"]["metadata"]["labels"] == labels
    assert deployment["spec"]["selector"] == budget["spec"]["selector"] == {"matchLabels": labels}
    assert [one["spec"]["selector"] for one in service] == [labels] * (part == "api")
    assert {one["metadata"]["name"] for one in (deployment, budget, *service)} == {part}


@every_service
def test_a_service_is_taken_under_its_name(name: str) -> None:
    own = manifests.kustomization(f"base/{name}")
    assert own["namePrefix"] == f"{name}-"
    (labels,) = own["labels"]
    assert labels == {"pairs": {NAME: name, PART_OF: "salor"}, "includeSelectors": True}
    assert own["images"] == [{"name": manifests.container(name, "api")["image"], "newName": f"salor/{name}"}]


def test_all_services_are_there() -> None:
    assert {folder.name for folder in (FOLDER / "base").iterdir() if folder.is_dir()} == set(NAMES)
    assert set(manifests.kustomization("base")["resources"]) - {"network.yaml"} == set(NAMES)
    assert {image["name"] for image in manifests.kustomization("production")["images"]} == {f"salor/{n}" for n in NAMES}


def test_every_file_is_used_and_every_name_leads_to_one() -> None:
    used = set()
    for file in manifests.files():
        if file.name == "kustomization.yaml":
            used.add(file)
            own = manifests.kustomization(str(file.parent.relative_to(FOLDER)))
            named = [*own["resources"], *(patch["path"] for patch in own.get("patches", ()) if "path" in patch)]
            paths = [(file.parent / name).resolve() for name in named]
            assert [path for path in paths if not path.exists()] == []
            used |= {path for path in paths if path.is_file()}
    assert used == set(manifests.files())


@every_service
async def test_a_consumer_is_scaled_by_its_lag_in_time(name: str) -> None:
    found = {
        each["metadata"]["name"]: each["spec"] for each in manifests.of_kind("ScaledObject", "production/scaling.yaml")
    }
    assert set(found) == {f"{one}-events" for one in NAMES}
    spec = found[f"{name}-events"]
    (trigger,) = spec["triggers"]
    assert spec["scaleTargetRef"] == {"name": f"{name}-events"}
    query = trigger["metadata"]["query"]
    assert query == f'max(salor_consumer_lag_seconds{{job="{name}"}})'
    assert set(METRIC.findall(query)) <= set(exposed(await families(name)))
    (alert,) = (rule["expr"] for rule in RULES if rule["alert"] == "ConsumerBehind")
    assert float(trigger["metadata"]["threshold"]) < float(alert.rpartition(">")[2]), "helps before somebody is woken"
    assert spec["maxReplicaCount"] == max(topic.partitions for topic in SERVICES[name].listens.topics)


def test_how_many_consumers_there_are_is_said_once() -> None:
    (patch,) = manifests.kustomization("production")["patches"]
    matched = [f"{name}-{part}" for name, part in product(NAMES, PARTS)
               if re.fullmatch(patch["target"]["name"], f"{name}-{part}")]  # fmt: skip
    assert matched == [f"{name}-events" for name in NAMES]


def test_a_job_is_a_service() -> None:
    (monitor,) = manifests.documents("production/scraping.yaml")
    assert monitor["spec"]["jobLabel"] == NAME
    assert monitor["spec"]["selector"] == {"matchLabels": {PART_OF: "salor"}}
    assert monitor["spec"]["podMetricsEndpoints"] == [{"port": "http", "path": "/metrics", "interval": "15s"}]


def policies() -> list[dict[str, Any]]:
    """What may reach whom."""
    return [document["spec"] for document in manifests.documents("base/network.yaml")]


def test_policies_select_pods_that_exist() -> None:
    possible = {NAME: set(NAMES), COMPONENT: set(PARTS), PART_OF: {"salor"}}
    peers = [peer for spec in policies() for rule in spec.get("ingress", ()) for peer in rule["from"]]
    selectors = [spec["podSelector"] for spec in policies()] + [
        each["podSelector"] for each in peers if "podSelector" in each
    ]
    assert [s for s in selectors for label, value in s["matchLabels"].items() if value not in possible[label]] == []
    assert policies()[0]["podSelector"] == {"matchLabels": {PART_OF: "salor"}}, (
        "the rule of all: what is not said is refused"
    )


@every_folder
@every_service
def test_addresses_can_be_reached_through_the_policies(name: str, folder: str) -> None:
    own = {NAME: name, COMPONENT: "relay", PART_OF: "salor"}
    applying = [spec for spec in policies() if spec["podSelector"]["matchLabels"].items() <= own.items()]
    open_ports = {port["port"] for spec in applying for rule in spec.get("egress", ()) for port in rule["ports"]}
    given = settings_of(name, "relay", folder)
    wanted = {int(port) for value in given.values() for port in re.findall(r"\w:(\d+)\b", value)}
    wanted |= {int(given["SALOR_SMTP_PORT"])} if name == "notifications" else set()
    assert len(wanted) > 1, "Kafka and the issuer at least"
    wanted |= {5432}  # the database's address is a secret
    assert wanted <= open_ports
    assert given.get("SALOR_COMPLAINTS_URL", "http://complaints-api:8000") == "http://complaints-api:8000"
