"""Legal and local numbers as dated data: files `policy/<name>-<version>.yaml` of a service, checked, kept in a table.

An office adds its own, a decree for instance, in the folder of the service's name in `SALOR_POLICY_FOLDER`.

A file has `version`, `valid_from`, `source` and the numbers, and holds until the next one begins: so there is never a
gap. One that says `valid_until` is taken at its word: the next must begin on the day after. A version never changes
once it was loaded.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.db import Connection
from shared.errors import SetupError

KEEP = """INSERT INTO policy (name, version, valid_from, checksum, body) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name, version) DO UPDATE SET version = excluded.version WHERE false"""
KEPT = "SELECT name, version, body FROM policy ORDER BY name, valid_from, version"

P = TypeVar("P", bound="Policy")


class Numbers(BaseModel):
    """A group of numbers inside a policy. Unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Policy(Numbers):
    """The head of every policy; a service's own policies add their numbers."""

    version: Annotated[str, Field(min_length=1)]
    valid_from: date
    valid_until: date | None = None
    source: Annotated[str, Field(min_length=1, description="the law, the decree, or `internal instrument`")]

    @classmethod
    def check_order(cls, policies: Sequence[Self]) -> None:
        """What must hold from each version to the next; nothing, unless a policy says so. Raises ValueError."""


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


def read(folder: Path, kinds: Mapping[str, type[Policy]], more: Path | None = None) -> list[tuple[str, Policy]]:
    """The policies in a folder, and in a second one where there is one, of each name in order of their dates.

    Raises SetupError naming the file and the number that is wrong, or the two that overlap or leave a gap.
    """
    found: list[tuple[str, Policy]] = []
    # What a ConfigMap mounts has hidden names beside it.
    left = {file for file in more.glob("*") if not file.name.startswith(".")} if more else set()
    for name, kind in kinds.items():
        files = sorted([*folder.glob(f"{name}-*.yaml"), *(more.glob(f"{name}-*.yaml") if more else ())])
        left -= set(files)
        if not files:
            raise SetupError(f"no policy file {name}-*.yaml in {folder}")
        policies = sorted((_read(file, kind) for file in files), key=lambda policy: policy.valid_from)
        _refuse_overlaps(name, policies)
        try:
            kind.check_order(policies)
        except ValueError as error:
            raise SetupError(f"policy {name}: {error}") from error
        found += [(name, policy) for policy in policies]
    if left:
        raise SetupError(f"{min(left)} is no policy of this service: name it {'-, '.join(kinds)}-<version>.yaml")
    return found


def _read(file: Path, kind: type[Policy]) -> Policy:
    try:
        return kind.model_validate(yaml.load(file.read_text(), yaml.CSafeLoader))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}" for each in error.errors())
        raise SetupError(f"policy file {file.name}: {wrong}") from error
    except yaml.YAMLError as error:
        raise SetupError(f"policy file {file.name}: {error}") from error


async def load(
    connection: Connection, folder: Path, kinds: Mapping[str, type[Policy]], more: Path | None = None
) -> Policies:
    """Load the files (as `read` does) into the table and give all that the table holds (old versions stay).

    Raises SetupError where a file's content changed under a version that was already in use.
    """
    given = {(name, policy.version): policy for name, policy in read(folder, kinds, more)}
    for (name, version), policy in given.items():
        body = policy.model_dump_json(exclude_unset=True)
        await connection.execute(KEEP, name, version, policy.valid_from, _checksum(body), body)
    known: dict[str, list[Policy]] = {name: [] for name in kinds}
    for row in await connection.fetch(KEPT):
        name, version = row["name"], row["version"]
        if name not in known:
            continue
        # What it says counts, not its bytes: a number that came to the class later has its default in both.
        kept = kinds[name].model_validate_json(row["body"])
        if given.get((name, version), kept) != kept:
            raise SetupError(f"policy {name} {version} was changed: give the changed numbers a version of their own")
        known[name].append(kept)
    return Policies({name: tuple(policies) for name, policies in known.items()})


def _refuse_overlaps(name: str, policies: Sequence[Policy]) -> None:
    for one, following in pairwise(policies):
        _follow(name, one, following)
    if policies[-1].valid_until is not None:
        last = policies[-1]
        raise SetupError(
            f"policy {name} {last.version} ends on {last.valid_until} and none follows: add the file of the next one, "
            "or leave valid_until out (it holds until a next one begins)"
        )


def _follow(name: str, one: Policy, following: Policy) -> None:
    pair = f"policy {name} {one.version} and {following.version}"
    if one.valid_from == following.valid_from:
        raise SetupError(f"{pair} both begin on {one.valid_from}: give one of them another valid_from")
    if one.valid_until is None:
        return
    if one.valid_until >= following.valid_from:
        raise SetupError(
            f"{pair} overlap: the first holds until {one.valid_until}, the second begins on {following.valid_from}"
        )
    if one.valid_until + timedelta(days=1) < following.valid_from:
        raise SetupError(
            f"{pair} leave a gap: the first holds until {one.valid_until}, the second begins on {following.valid_from}"
        )


def _checksum(body: str) -> str:
    return hashlib.sha256(json.dumps(json.loads(body), sort_keys=True).encode()).hexdigest()


def without_database(folder: Path, kinds: Mapping[str, type[Policy]]) -> Policies:
    """The policies of the files alone, for tests of rules and for commands that have no database."""
    known: dict[str, Any] = dict.fromkeys(kinds, ())
    for name, policy in read(folder, kinds):
        known[name] = (*known[name], policy)
    return Policies(known)
