"""Ten citizens complain about one incident: once when all is known, once when nothing is known yet."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from deploy.local import district, wire
from deploy.local.demo import look
from deploy.local.demo.expected import Expected, expected
from deploy.local.demo.look import CITIZEN, EMPLOYEE, SUPERIOR
from deploy.local.demo.table import Check
from deploy.local.demo.world import COUNTER, World, eventually
from shared.events.complaints import (
    SERVICES,
    ComplaintAssigned,
    ComplaintFiled,
    ServiceDelivered,
    SubmissionAccepted,
)
from shared.events.evaluation import EvaluationCompleted, EvaluationOpened
from shared.events.frontoffice import ComplaintSubmitted, Contact, ServiceCompleted

CROWD = 10
End = dict[str, str]
Journey = tuple[list[Check], End]


async def convenient(world: World, name: str) -> Journey:
    """The record first, the officer known, then the complaints: half by HTTP, half by event."""
    ends = expected("convenient")
    place = len(world.mails())
    world.timeline.begin(f"Ten complaints about one request of {ends.officer}: its record, then the complaints.")
    world.timeline.quiet = True
    record = await _finish_request(world, ends)
    await world.caught_up("evaluation", SERVICES, record.record_id, 1)
    complaints = await _complain(world, ends, by_event=CROWD // 2)
    return await _end(world, name, ends, complaints, place)


async def inconvenient(world: World, name: str, late: Callable[[], Sequence[district.Recorded]]) -> Journey:
    """The complaints first, then the record, and the officer becomes known to the directory last."""
    ends = expected("inconvenient")
    place, officer = len(world.mails()), world.people[ends.officer].employee_id
    world.timeline.begin(f"The same about {ends.officer}: the complaints, then the record, then the employee.")
    world.timeline.quiet = True
    complaints = await _complain(world, ends, by_event=CROWD)
    unassigned = [one.employee_id for one in world.timeline.of(ComplaintFiled) if one.complaint_id in complaints]
    await _finish_request(world, ends)
    await world.timeline.several(CROWD, ComplaintAssigned, employee_id=officer)
    await world.timeline.one(EvaluationCompleted, employee_id=officer, revision=CROWD)
    await world.waits_for("notifications", f"employee:{officer}", 1)
    told = sum(ends.officer in mail.recipients for mail in world.mails(place))
    world.say(f"  evaluated, but the directory does not know the officer yet: his notices wait, {told} sent")
    await district.load(world.stack.kafka, late(), world.prefix)
    checks, end = await _end(world, name, ends, complaints, place)
    return [
        Check(name, "complaints without an officer at first", str(CROWD), str(unassigned.count(None))),
        Check(name, "notices before the employee is known", "0", str(told)),
        *checks,
    ], end


async def _complain(world: World, ends: Expected, by_event: int) -> set[UUID]:
    """Ten citizens' complaints about the held-back request; gives the complaints' ids once all were filed."""
    said = [_complaint(world, ends, f"warga{n}.{ends.officer.partition('@')[0]}") for n in range(CROWD)]
    answers = await asyncio.gather(*(world.file(body.model_dump(mode="json")) for body in said[by_event:]))
    sent = await world.send(*said[:by_event])
    receipts = [await world.timeline.one(SubmissionAccepted, source=COUNTER, submission=one) for one in sent]
    made = {UUID(answer.json()["complaint_id"]) for answer in answers} | {one.complaint_id for one in receipts}
    for complaint_id in made:
        await world.timeline.one(ComplaintFiled, complaint_id=complaint_id)
    return made


def _complaint(world: World, ends: Expected, citizen: str) -> ComplaintSubmitted:
    return ComplaintSubmitted(
        category="undue_delay",
        text="Loket tutup sebelum waktunya dan kami semua menunggu.",
        request_number=_request(world, ends).request_number,
        contact=Contact(email=f"{citizen}@warga.example"),
    )


def _request(world: World, ends: Expected) -> ServiceCompleted:
    officer = world.people[ends.officer].employee_id
    return next(one.event for one in world.held_back if one.event.employee_id == officer)


async def _finish_request(world: World, ends: Expected) -> ServiceCompleted:
    """The front office sends the record that was held back."""
    record = _request(world, ends)
    letter = wire.Letter(record, str(record.record_id), COUNTER, record.completed_at)
    await wire.send(world.producer, [letter], world.prefix)
    await world.timeline.one(ServiceDelivered, record_id=record.record_id)
    return record


async def _end(world: World, name: str, ends: Expected, complaints: set[UUID], place: int) -> Journey:
    """One evaluation of ten revisions, one seat, everybody told once; and all of it as text, to be compared."""
    officer = world.people[ends.officer].employee_id
    last = await world.timeline.one(EvaluationCompleted, employee_id=officer, revision=CROWD)
    enrolled, seats = await look.enrolment(world, name, ends, last, revision=CROWD)
    revisions = world.timeline.of(EvaluationCompleted, employee_id=officer)
    filed = [one for one in world.timeline.of(ComplaintFiled) if one.complaint_id in complaints]
    concerned: list[tuple[Any, tuple[str, ...]]] = [(one, (CITIZEN,)) for one in filed]
    concerned += [(one, (CITIZEN, EMPLOYEE, SUPERIOR) if one.news else (CITIZEN,)) for one in revisions]
    concerned += [(seat, (EMPLOYEE, SUPERIOR)) for seat in seats]
    notified = await look.told_to(world, name, concerned)
    world.say(f"  {world.timeline.summary()}")
    result = await look.result(world, name, ends, last.model_copy(update={"needs": _needs(revisions)}))
    world.timeline.quiet = False
    opened = world.timeline.of(EvaluationOpened, employee_id=officer)
    checks = [
        Check(name, f"evaluations of {ends.officer}", "1", str(len(opened))),
        Check(name, "revisions", str(CROWD), str(len(revisions))),
        Check(
            name,
            "news to the officer",
            "revision 1",
            look.listed(f"revision {r.revision}" for r in revisions if r.news),
        ),
        *result,
        *enrolled,
        *notified,
        await _mails(world, name, ends, place),
    ]
    end = {check.what: check.seen for check in (*result, *enrolled, *notified)}
    return checks, end


def _needs(revisions: Sequence[EvaluationCompleted]) -> tuple[Any, ...]:
    """Each revision tells only the needs that it opened."""
    return tuple(need for revision in revisions for need in revision.needs)


async def _mails(world: World, name: str, ends: Expected, place: int) -> Check:
    """The mails of a crowd: two to each citizen, one of the result and one of the seat to officer and superior."""
    ours = f".{ends.officer.partition('@')[0]}@warga.example"
    wanted = f"citizens {2 * CROWD}, officer 2, superior 2"

    def seen() -> str:
        addresses = [address for mail in world.mails(place) for address in mail.recipients]
        citizens = sum(address.endswith(ours) for address in addresses)
        officer, superior = addresses.count(ends.officer), addresses.count(ends.superior)
        return f"citizens {citizens}, officer {officer}, superior {superior}"

    async def there() -> bool:
        return seen() == wanted

    with contextlib.suppress(TimeoutError):
        await eventually(there, f"{name}: all mails")
    return Check(name, "mails", wanted, seen())
