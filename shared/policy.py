"""Legal and local numbers as dated data: files `policy/<name>-<version>.yaml` of a service, checked, kept in a table.

A file has `version`, `valid_from`, `source` and the numbers. A version never changes once it was loaded.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.db import Connection
from shared.errors import SetupError

KEEP = """INSERT INTO policy (name, version, valid_from, checksum, body) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name, version) DO UPDATE SET version = excluded.version WHERE false"""
KEPT = "SELECT name, version, checksum, body FROM policy ORDER BY name, valid_from, version"

P = TypeVar("P", bound="Policy")


class Policy(BaseModel):
    """The head of every policy; a service's own policies add their numbers. Unknown numbers are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Policies:
    """All policies of a service, by name, each in order of its date."""

    known: Mapping[str, tuple[Policy, ...]]

    def in_force(self, kind: type[P], name: str, on: date) -> P:
        """The policy `name` that is in force on a day. Raises LookupError before the first one's date."""
        valid = [policy for policy in self.known[name] if policy.valid_from <= on]
        if not valid:
            raise LookupError(f"no policy {name!r} is in force on {on}")
        return cast(P, valid[-1])

    def version(self, kind: type[P], name: str, version: str) -> P:
        """One version of a policy, for computing an old result again."""
        return cast(P, next(policy for policy in self.known[name] if policy.version == version))


def read(folder: Path, kinds: Mapping[str, type[Policy]]) -> list[tuple[str, Policy]]:
    """The policies in a folder. Raises SetupError naming the file and the number that is wrong."""
    found: list[tuple[str, Policy]] = []
    for name, kind in kinds.items():
        files = sorted(folder.glob(f"{name}-*.yaml"))
        if not files:
            raise SetupError(f"no policy file {name}-*.yaml in {folder}")
        for file in files:
            try:
                found.append((name, kind.model_validate(yaml.safe_load(file.read_text()))))
            except (ValidationError, yaml.YAMLError) as error:
                raise SetupError(f"policy file {file.name}: {error}") from error
    return found


async def load(connection: Connection, folder: Path, kinds: Mapping[str, type[Policy]]) -> Policies:
    """Load the files into the table and give all that the table holds (old versions stay).

    Raises SetupError where a file's content changed under a version that was already in use.
    """
    checksums: dict[tuple[str, str], str] = {}
    for name, policy in read(folder, kinds):
        body = policy.model_dump_json()
        checksum = checksums[name, policy.version] = _checksum(body)
        await connection.execute(KEEP, name, policy.version, policy.valid_from, checksum, body)
    known: dict[str, list[Policy]] = {name: [] for name in kinds}
    for row in await connection.fetch(KEPT):
        name, version = row["name"], row["version"]
        if checksums.get((name, version), row["checksum"]) != row["checksum"]:
            raise SetupError(f"policy {name} {version} was changed: give the changed numbers a version of their own")
        if name in known:
            known[name].append(kinds[name].model_validate_json(row["body"]))
    return Policies({name: tuple(policies) for name, policies in known.items()})


def _checksum(body: str) -> str:
    return hashlib.sha256(json.dumps(json.loads(body), sort_keys=True).encode()).hexdigest()


def without_database(folder: Path, kinds: Mapping[str, type[Policy]]) -> Policies:
    """The policies of the files alone, for tests of rules and for commands that have no database."""
    known: dict[str, Any] = dict.fromkeys(kinds, ())
    for name, policy in read(folder, kinds):
        known[name] = (*known[name], policy)
    return Policies({name: tuple(sorted(policies, key=lambda p: p.valid_from)) for name, policies in known.items()})
