"""The files of deploy/kubernetes as the tests read them: documents, and a Deployment put together as Kustomize does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deploy.local.program import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
PARTS = ("api", "events", "relay")
NAME, COMPONENT, PART_OF = (f"app.kubernetes.io/{label}" for label in ("name", "component", "part-of"))


def documents(path: str) -> list[dict[str, Any]]:
    """Of a file below the folder."""
    return list(yaml.safe_load_all((FOLDER / path).read_text()))


def of_kind(kind: str, path: str) -> list[dict[str, Any]]:
    """A file's documents of a kind."""
    return [document for document in documents(path) if document["kind"] == kind]


def kustomization(folder: str) -> dict[str, Any]:
    """What a folder is put together from."""
    (found,) = documents(f"{folder}/kustomization.yaml")
    return found


def deployment(service: str, part: str) -> dict[str, Any]:
    """A part's Deployment with what all pods have and what the service has: the patches, in their order."""
    (found,) = of_kind("Deployment", f"service/{part}.yaml")
    for patch in ("service/pod.yaml", f"base/{service}/settings.yaml"):
        found = merged(found, documents(patch)[0] | {"metadata": found["metadata"]})
    return found


def merged(one: Any, other: Any) -> Any:
    """A strategic merge as far as these files need it: mappings by key, lists of named things by name."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {key: merged(one[key], value) if key in one else value for key, value in other.items()}
    if isinstance(one, list) and isinstance(other, list):
        named = {item["name"]: item for item in one}
        return list((named | {new["name"]: merged(named.get(new["name"]), new) for new in other}).values())
    return other


def container(service: str, part: str) -> dict[str, Any]:
    """The only container of a part's pods."""
    (found,) = pod(service, part)["containers"]
    return dict(found)


def pod(service: str, part: str) -> dict[str, Any]:
    """What a part's pods are."""
    return dict(deployment(service, part)["spec"]["template"]["spec"])


def literals(folder: str, name: str) -> dict[str, str]:
    """What a folder's ConfigMap of that name says."""
    found = [each for each in kustomization(folder)["configMapGenerator"] if each["name"] == name]
    return dict(literal.split("=", 1) for each in found for literal in each["literals"])


def files() -> list[Path]:
    """All of the folder."""
    return sorted(path for path in FOLDER.rglob("*") if path.is_file())
