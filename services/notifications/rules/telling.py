"""Who is told what of an event, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.model.notices import Notice, Person
from services.notifications.model.policies import DeliveryPolicy
from services.notifications.model.whats import What
from services.notifications.rules import citizens, handlers, staff
from shared.clock import WorkingDays
from shared.events import Event
from shared.events.complaints import Visibility

EVENTS: tuple[type[Event], ...] = tuple(dict.fromkeys((*citizens.EVENTS, *staff.EVENTS, *handlers.EVENTS)))
"""All that somebody is told of."""

People = Mapping[UUID, Person]


def concerned(event: Any) -> list[UUID]:
    """The civil servants who are told of an event; the superior of the first is told with them."""
    if type(event) in staff.EVENTS:
        return [event.employee_id, *staff.to_staff(event).others]
    if type(event) in handlers.EVENTS:
        handler = handlers.handler(event)
        return [handler] if handler else []
    return []


def lacking(event: Any, people: People) -> UUID | None:
    """The civil servant that the directory has not told of yet, without whom not everybody can be told."""
    wanted = concerned(event)
    first = people.get(wanted[0]) if type(event) in staff.EVENTS else None
    if first is not None and first.superior_id is not None:
        wanted.append(first.superior_id)
    return next((one for one in wanted if one not in people), None)


def notices(event: Any, people: People, collected: datetime) -> list[Notice]:
    """Who is told what of an event. `collected`: when the next daily collection leaves.

    What follows from a hidden case goes with it to those whom the reporter is hidden from.
    """
    told: list[Notice | None] = []
    if type(event) in citizens.EVENTS:
        told.append(citizens.to_citizen(event))
    if type(event) in handlers.EVENTS:
        told.append(handlers.to_handler(event))
    if type(event) in staff.EVENTS and getattr(event, "news", True):
        hidden = getattr(event, "visibility", Visibility.OPEN) is not Visibility.OPEN
        told += _to_staff(event, people, collected if hidden else None)
    return [notice for notice in told if notice is not None]


def _to_staff(event: Any, people: People, not_before: datetime | None) -> list[Notice]:
    told, person = staff.to_staff(event), people[event.employee_id]
    to: dict[UUID, What] = {}
    if told.superior is not None and person.superior_id is not None and person.superior_id in people:
        to[person.superior_id] = told.superior
    to.update(told.others)
    about = {**told.facts, "employee_name": person.name}
    return [
        Notice(told.employee, person.employee_id, told.facts, not_before, told.occasion),
        *(
            Notice(what, one, about, not_before, told.occasion)
            for one, what in to.items()
            if one not in (person.employee_id, told.by)
        ),
    ]


def collection(calendar: WorkingDays, policy: DeliveryPolicy, now: datetime) -> datetime:
    """When the next daily collection leaves."""
    return calendar.next_opening(now, policy.opening)
