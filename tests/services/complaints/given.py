"""What the tests of this service are given: a day, standards, events."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.complaints.app import service
from services.complaints.model.policies import CategoriesPolicy, FilingPolicy, HandlingPolicy
from services.complaints.model.rows import ServiceRecord, Standard
from services.complaints.rules import records
from services.complaints.rules.filing import Circumstances
from shared.clock import WorkingDays
from shared.events.complaints import StandardUnit
from shared.events.directory import EmployeeRecorded, ServiceRecorded, UnitRecorded
from shared.events.frontoffice import ComplaintSubmitted, ServiceCompleted, ServiceCorrected, ServiceRequested
from shared.policy import without_database

ZONE = ZoneInfo("Asia/Jakarta")
DAYS = WorkingDays(ZONE)
POLICIES = without_database(service.folder / "policy", service.policies)
POLICY = POLICIES.in_force(FilingPolicy, "filing", date(2026, 11, 24))
HANDLING = POLICIES.in_force(HandlingPolicy, "handling", date(2026, 11, 24))
TAXONOMY = POLICIES.in_force(CategoriesPolicy, "categories", date(2026, 11, 24))

MONDAY = date(2026, 11, 23)
OFFICER, COLLEAGUE, HEAD, HANDLER = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC), UUID(int=0xD)
KEYS = {"receipt_keys": "11" * 32, "reporter_keys": "22" * 32}
SKCK = Standard(
    service="skck",
    version=1,
    name="Pengantar SKCK",
    unit="pelayanan",
    standard=10,
    standard_unit=StandardUnit.MINUTES,
    valid_from=date(2025, 1, 1),
)
PINDAH = replace(SKCK, service="pindah", name="Surat pindah", standard=1, standard_unit=StandardUnit.WORKING_DAYS)


def local(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A local time."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE).astimezone(UTC)


def recorded(standard: Standard) -> ServiceRecorded:
    """The directory's event about a standard."""
    return ServiceRecorded(**{name: getattr(standard, name) for name in ServiceRecorded.model_fields})


def an_employee(employee_id: UUID, **more: Any) -> EmployeeRecorded:
    """The directory's event about somebody of the unit `pelayanan`."""
    fields = {"version": 1, "name": "-", "email": "a@example.org", "unit": "pelayanan", "position": "staf"}
    return EmployeeRecorded(**{**fields, "employee_id": employee_id, **more})


def a_unit(unit: str = "pelayanan", **more: Any) -> UnitRecorded:
    """The directory's event about a unit, which HEAD leads."""
    return UnitRecorded(**{"unit": unit, "version": 1, "name": "-", "head_id": HEAD, **more})


def a_request(n: int = 1, **more: Any) -> ServiceRequested:
    """A request number `REQ-n`, received on Monday at nine."""
    fields = {
        "record_id": uuid5(UUID(int=0), f"record {n}"),
        "request_number": f"REQ-{n}",
        "service": "skck",
        "unit": "pelayanan",
        "employee_id": OFFICER,
        "received_at": local(MONDAY, 9),
    }
    return ServiceRequested(**{**fields, **more})


def a_completion(n: int = 1, minutes: int = 5, **more: Any) -> ServiceCompleted:
    """The same, finished after some minutes."""
    received_at = more.get("received_at", local(MONDAY, 9))
    of_request = a_request(n).model_dump()
    return ServiceCompleted(**{**of_request, "completed_at": received_at + timedelta(minutes=minutes), **more})


def a_correction(revision: int = 1, n: int = 1, minutes: int = 5, **more: Any) -> ServiceCorrected:
    """That `a_completion(n)` should have been the one with these facts."""
    facts = a_completion(n, minutes, **more).model_dump()
    about = {"record_id": facts["record_id"], "request_number": facts["request_number"], "revision": revision}
    return ServiceCorrected.model_validate({**about, "corrected": facts})


def a_cancellation(revision: int = 1, n: int = 1) -> ServiceCorrected:
    """That there should have been none."""
    return a_correction(revision, n).model_copy(update={"corrected": None, "cancelled": "entered twice"})


def a_complaint(**more: Any) -> ComplaintSubmitted:
    """A complaint about an undue delay."""
    return ComplaintSubmitted(**{"category": "undue_delay", "text": "It took far too long.", **more})


def a_record(told: ServiceRequested | ServiceCompleted, standard: Standard = SKCK) -> ServiceRecord:
    """The record that a message makes."""
    taken = records.take(told, None, [standard], DAYS, POLICY, source="urn:test", now=local(date(2027, 1, 1), 9))
    assert taken.record is not None
    return taken.record


def circumstances(filed_on: date = MONDAY, **more: Any) -> Circumstances:
    """What a submission is judged by."""
    fields = {
        "filed_at": local(filed_on, 10),
        "filed_on": filed_on,
        "policy": POLICY,
        "policy_version": TAXONOMY.version,
        "handling": HANDLING,
        "category": TAXONOMY.category("undue_delay"),
        "standard": None,
        "record": None,
    }
    return Circumstances(**{**fields, **more})
