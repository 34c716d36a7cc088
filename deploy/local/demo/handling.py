"""Journeys in which people decide: who a complaint is about, and that it was unfounded after all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from deploy.local.demo import look, people
from deploy.local.demo.look import CITIZEN, EMPLOYEE, SUPERIOR
from deploy.local.demo.people import Filed
from deploy.local.demo.table import Check
from deploy.local.demo.world import World
from shared.events.complaints import COMPLAINTS, ComplaintAssigned, ComplaintFiled, Finding, FindingRevised
from shared.events.evaluation import CoachingOffered, EvaluationCompleted, EvaluationOpened
from shared.events.training import EmployeeEnrolled, EnrolmentCancelled

BOTH = (EMPLOYEE, SUPERIOR)


async def unknown_officer(world: World) -> list[Check]:
    """7 The officer is unknown: nothing is evaluated until a verifier says who it was, and then at once."""
    name, officer = "7 officer unknown", world.people["galih@salor.example"]
    world.timeline.begin("A citizen complains about a counter, without a request number.")
    filed = await people.file(world, "di.loket", service="skck")
    first = await world.timeline.one(ComplaintFiled, complaint_id=filed.complaint_id)
    await people.handle(world, filed.complaint_id, "verify")
    await world.caught_up("evaluation", COMPLAINTS, filed.complaint_id, 2)
    before = await _evaluation(world, filed)
    early = world.timeline.of(EvaluationOpened, complaint_id=filed.complaint_id)
    world.say(f"  verified, and not evaluated: {before['reason']}")

    world.timeline.begin("A verifier finds in the roster who stood there.")
    await people.handle(world, filed.complaint_id, "assign", employee_id=str(officer.employee_id))
    assigned = await world.timeline.one(ComplaintAssigned, complaint_id=filed.complaint_id)
    result = await world.timeline.one(EvaluationCompleted, complaint_id=filed.complaint_id)
    world.say(f"  evaluated {world.timeline.milliseconds(result):.0f} ms after that")
    whose = next(one.name for one in world.people.values() if one.employee_id == result.employee_id)
    return [
        Check(name, "officer at filing", "None", str(first.employee_id)),
        Check(name, "evaluated before", "0, None", f"{len(early)}, {before['evaluation_id']}"),
        Check(name, "evaluated then", f"{officer.name}, revision 1", f"{whose}, revision {result.revision}"),
        *await look.told_to(world, name, [(first, (CITIZEN,)), (assigned, ()), (result, (CITIZEN, *BOTH))]),
    ]


async def unfounded(world: World) -> list[Check]:
    """8 Five complaints show a need; one is unfounded after all: revised, the seat goes back, each is told once."""
    name, officer = "8 unfounded after all", world.people["indah@salor.example"].employee_id
    world.timeline.begin("Five citizens complain about a procedure. Each is answered: upheld.")
    world.timeline.quiet = True  # five cases from filing to answer
    *_, last = await upheld(world, "indah@salor.example", "procedure", 5)
    seat = await world.timeline.one(EmployeeEnrolled, employee_id=officer, test="procedure")
    world.say(f"  {world.timeline.summary()}")
    opened = next(one for one in world.timeline.of(EvaluationCompleted, employee_id=officer) if one.needs)

    world.timeline.begin("The handler finds that the last one was unfounded.")
    await people.answer(world, last.complaint_id, Finding.REJECTED, "revise")
    finding = await world.timeline.one(FindingRevised, complaint_id=last.complaint_id)
    revised = await world.timeline.one(EvaluationCompleted, employee_id=officer, withdrawn=(seat.need_id,))
    cancelled = await world.timeline.one(EnrolmentCancelled, enrolment_id=seat.enrolment_id)
    expected, seen = (f"{one.evaluation_id}, revision" for one in (opened, revised))
    news = [one for one in world.timeline.of(EvaluationCompleted, employee_id=officer) if one.news]
    results = [(one, (CITIZEN, *BOTH) if one.revision == 1 else BOTH) for one in news]  # each citizen's was examined
    told = await look.told_to(world, name, [(finding, (CITIZEN,)), *results, (cancelled, BOTH)])
    coached = world.timeline.of(CoachingOffered, employee_id=officer)
    world.say(f"  {world.timeline.summary()}")
    world.timeline.quiet = False
    seats = world.timeline.of(EnrolmentCancelled, employee_id=officer)
    return [
        Check(name, "training needs", "procedure", look.listed(need.test for need in opened.needs)),
        Check(name, "enrolled in", "prosedur-pelayanan", seat.course),
        Check(name, "revised", f"{expected} {opened.revision + 1}", f"{seen} {revised.revision}"),
        Check(name, "needs then", "none", look.listed(need.test for need in revised.needs)),
        # Of each complaint, of each answer, and one of all results that rested on the unfounded one.
        Check(name, "news of results", "11", str(len(news))),
        Check(name, "coaching offered for", "procedure", look.listed(test for one in coached for test in one.tests)),
        Check(name, "seats given back", "1, need withdrawn", f"{len(seats)}, {cancelled.reason}"),
        *told,
    ]


async def upheld(world: World, officer: str, category: str, count: int) -> list[Filed]:
    """So many citizens report an officer, each about another day; each report is verified and found upheld."""
    about = str(world.people[officer].employee_id)
    filed = []
    for n in range(1, count + 1):
        day = (world.today - timedelta(days=n)).isoformat()
        filed.append(await people.file(world, f"{category}.{n}", category, employee_id=about, occurred_on=day))
    for one in filed:
        await people.handle(world, one.complaint_id, "verify")
        await people.answer(world, one.complaint_id, Finding.UPHELD)
    return filed


async def _evaluation(world: World, filed: Filed) -> Any:
    """What became of a complaint, as operators see it."""
    return await world.get("evaluation", f"/complaints/{filed.complaint_id}/evaluation", ["operator"], uuid4())
