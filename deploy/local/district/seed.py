"""The sample district as its files say it: units, services, employees and duties, each with its version."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from pydantic import ValidationError

from deploy.local.trouble import Trouble
from shared.events import Event
from shared.events.directory import DutyRecorded, EmployeeRecorded, ServiceRecorded, UnitRecorded

HERE = Path(__file__).resolve().parent
DISTRICT = tuple(HERE / f"district-{part}.yaml" for part in ("units", "services", "employees", "duties"))
LATE = (HERE / "late-employees.yaml",)
Recorded = UnitRecorded | EmployeeRecorded | ServiceRecorded | DutyRecorded
KINDS: dict[str, type[Recorded]] = {
    "units": UnitRecorded,
    "services": ServiceRecorded,
    "employees": EmployeeRecorded,
    "duties": DutyRecorded,
}


def read(files: Iterable[Path] = DISTRICT) -> list[Recorded]:
    """All records of some seed files. Raises Trouble that names the file and the record that is wrong."""
    records = [record for file in files for record in _read(file)]
    twice = _twice(records)
    if twice:
        raise Trouble(f"the district's seed has two records {twice}: keep one")
    return records


def employees(files: Iterable[Path] = (*DISTRICT, *LATE)) -> dict[str, EmployeeRecorded]:
    """The employees by their address, which people can read."""
    return {record.email: record for record in read(files) if isinstance(record, EmployeeRecorded)}


def services() -> dict[str, ServiceRecorded]:
    """The services by their code."""
    return {record.service: record for record in read() if isinstance(record, ServiceRecorded)}


def _read(file: Path) -> list[Recorded]:
    try:
        listed = yaml.safe_load(file.read_text())
        kinds = [(KINDS[name], records) for name, records in listed.items()]
        return [kind.model_validate(record) for kind, records in kinds for record in records]
    except (OSError, yaml.YAMLError, AttributeError, KeyError, ValidationError) as error:
        raise Trouble(f"{file.name} can't be used: {in_one_line(error)}") from error


def in_one_line(error: Exception) -> str:
    """An error of reading a file, as one line: where and what."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())
    return " ".join(str(error).split())


def _twice(records: Iterable[Event]) -> str | None:
    seen: set[str] = set()
    for record in records:
        if record.key in seen:
            return record.key
        seen.add(record.key)
    return None
