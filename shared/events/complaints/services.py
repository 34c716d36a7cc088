"""Facts about service records: the evidence of timeliness."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, Part
from shared.events.complaints.words import SERVICES, StandardUnit


class _Named(Part):
    record_id: UUID
    """The service record, as the front office named it."""


class _Service(Part):
    """Whose work, against which standard."""

    service: str
    """The service, by its code."""
    unit: str
    """The unit that did the work, by its code."""
    employee_id: UUID
    """The officer whose work it is."""
    received_at: AwareDatetime
    """When the request was received."""
    standard: int
    """The service's processing standard on that day, in `standard_unit`; net of pauses."""
    standard_unit: StandardUnit


class _AboutService(_Service, _Named):
    """A service record."""


class ServiceDelivered(_AboutService, Event, topic=SERVICES, key="{record_id}"):
    """A request was finished."""

    finished_at: AwareDatetime
    """When the request was finished."""
    used: int
    """The time it took, net of pauses, in `standard_unit`, rounded up."""
    counted_on: date
    """The local day that it counts on."""


class ServiceOverdue(_AboutService, Event, topic=SERVICES, key="{record_id}"):
    """A request's deadline passed while it was unfinished. It counts on the deadline's day from then on."""

    deadline: AwareDatetime
    """When the standard ran out."""
    counted_on: date
    """The deadline's local day, on which it counts from then on."""


class CountedService(_Service):
    """A service record as it counted, or counts now."""

    finished_at: AwareDatetime | None
    """When the request was finished; none where it was overdue and unfinished."""
    used: int | None
    """The time it took, as in `ServiceDelivered`; none where it was overdue and unfinished."""
    counted_on: date
    """The local day that it counts on."""


class ServiceRevised(_Named, Event, topic=SERVICES, key="{record_id}"):
    """What had been told of a service record was wrong: its office corrected or cancelled it."""

    revision: int
    """The number that the office gave to the correction."""
    was: CountedService
    """What was told of it last: it counts no more."""
    counts: CountedService | None
    """What counts in its place; nothing where the record was cancelled."""
