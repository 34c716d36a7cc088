"""The eight journeys. Each acts on a world, prints what happens, and gives what was expected beside what was seen."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from deploy.local import district
from deploy.local.demo import crowd, handling, look
from deploy.local.demo.expected import expected
from deploy.local.demo.look import CITIZEN, EMPLOYEE, SUPERIOR
from deploy.local.demo.table import Check
from deploy.local.demo.world import COUNTER, World
from shared.events.complaints import ComplaintFiled, SubmissionAccepted, SubmissionRefused
from shared.events.evaluation import EvaluationCompleted
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted, Contact

Scene = Callable[[World], Awaitable[list[Check]]]
CODE = re.compile(r"(?:Receipt code|Kode tanda terima): (\S+)")


def complaint(world: World, officer: str, citizen: str, **more: Any) -> ComplaintSubmitted:
    """A citizen's complaint about the last late request of an officer."""
    record = world.late_record(officer).event
    return ComplaintSubmitted(
        category="undue_delay",
        text="Saya menunggu jauh lebih lama daripada standar pelayanan.",
        service=record.service,
        request_number=record.request_number,
        contact=Contact(name="Warga Salor", email=f"{citizen}@warga.example", **more),
    )


async def slow_by_http(world: World) -> list[Check]:
    """1 Slow handling of a document, filed over HTTP: need, enrolment, three parties notified."""
    ends, name = expected("slow_by_http"), "1 slow, by HTTP"
    place = len(world.mails())
    world.timeline.begin("A citizen files a complaint about a late KTP on the web.")
    answer = await world.file(complaint(world, ends.officer, "wati").model_dump(mode="json"))
    world.say(f"  HTTP {answer.status_code}: receipt code {answer.json()['receipt_code']}, shown this once")
    checks = [Check(name, "HTTP answer", "201", str(answer.status_code))]
    checks += await _judged(world, name, "slow_by_http", answer.json()["complaint_id"], place, "wati")
    return [*checks, await _tracked(world, name, answer.json()["receipt_code"])]


async def slow_by_event(world: World) -> list[Check]:
    """2 The same by a CloudEvents message of a front office, whose sender reads the answer."""
    ends, name = expected("slow_by_event"), "2 slow, by event"
    place = len(world.mails())
    world.timeline.begin("A front office sends a complaint about a late land letter as a CloudEvent.")
    (submission,) = await world.send(complaint(world, ends.officer, "komang"))
    receipt = await world.timeline.one(SubmissionAccepted, source=COUNTER, submission=submission)
    checks = [Check(name, "the sender reads", "accepted", "accepted")]
    checks += await _judged(world, name, "slow_by_event", str(receipt.complaint_id), place, "komang")
    return [*checks, await _tracked(world, name, _code(world, place, "komang"))]


async def isolated(world: World) -> list[Check]:
    """3 An isolated case: no training needed, and the employee is told so kindly."""
    return await _by_http(world, "3 isolated case", "isolated", "slamet", "No training is needed")


async def newcomer(world: World) -> list[Check]:
    """4 A newcomer with three services: not enough evidence, no score, no training."""
    return await _by_http(world, "4 newcomer", "newcomer", "asih", "belum cukup untuk menilai apa pun")


async def _by_http(world: World, name: str, journey: str, citizen: str, kindly: str) -> list[Check]:
    place = len(world.mails())
    world.timeline.begin(f"A complaint about {expected(journey).officer}, over HTTP.")
    answer = await world.file(complaint(world, expected(journey).officer, citizen).model_dump(mode="json"))
    checks = await _judged(world, name, journey, answer.json()["complaint_id"], place, citizen)
    letter = next(mail.text for mail in world.mails(place) if expected(journey).officer in mail.recipients)
    return [*checks, Check(name, "the employee's mail says", kindly, kindly if kindly in letter else letter[:60])]


async def refused(world: World) -> list[Check]:
    """5 Refused submissions: field by field, by both doors, and nothing is left of them."""
    name, before = "5 refused", len(world.timeline.of(ComplaintFiled))
    world.timeline.begin("Submissions that can't be accepted.")
    wrong = complaint(world, "bagus@salor.example", "iseng").model_copy(
        update={"category": "bad_weather", "occurred_on": world.today.replace(year=world.today.year + 2, day=1)}
    )
    answer = await world.file(wrong.model_dump(mode="json"))
    fields = look.listed(sorted(error["field"] for error in answer.json()["errors"]))
    world.say(f"  HTTP {answer.status_code}: {answer.json()['title']} ({fields})")
    (judged,) = await world.send(wrong)
    unread = await world.send_raw(FRONTOFFICE, b'{"category": "undue_delay"}', ComplaintSubmitted)
    return [
        Check(name, "HTTP answer", "422", str(answer.status_code)),
        Check(name, "HTTP fields", "category, occurred_on", fields),
        Check(name, "the sender reads", "category, occurred_on", await _refusal(world, judged)),
        Check(name, "an unreadable one", "text", await _refusal(world, unread)),
        Check(name, "complaints made of them", "0", str(len(world.timeline.of(ComplaintFiled)) - before)),
    ]


async def _refusal(world: World, submission: str) -> str:
    told = await world.timeline.one(SubmissionRefused, source=COUNTER, submission=submission)
    return look.listed(sorted(problem.field for problem in told.problems))


async def either_order(world: World) -> list[Check]:
    """6 Ten complaints about one incident, in the convenient order and in the least convenient: the same end."""
    name = "6 either order"
    convenient, judged = await crowd.convenient(world, name)
    inconvenient, again = await crowd.inconvenient(world, name, lambda: district.read(district.LATE))
    different = [what for what in judged if judged[what] != again[what]]
    return [*convenient, *inconvenient, Check(name, "ends that differ", "none", look.listed(different))]


async def _judged(world: World, name: str, journey: str, complaint_id: str, place: int, citizen: str) -> list[Check]:
    """From the complaint to its end: result, seat, deliveries, mails."""
    ends = expected(journey)
    told = await world.timeline.one(EvaluationCompleted, complaint_id=UUID(complaint_id))
    world_time = world.timeline.milliseconds(told)
    enrolled, seats = await look.enrolment(world, name, ends, told)
    filed = await world.timeline.one(ComplaintFiled, complaint_id=told.complaint_id)
    concerned: list[tuple[Any, tuple[str, ...]]] = [(filed, (CITIZEN,)), (told, (CITIZEN, EMPLOYEE, SUPERIOR))]
    concerned += [(seat, (EMPLOYEE, SUPERIOR)) for seat in seats]
    notified = await look.told_to(world, name, concerned)
    world.say(f"  evaluated {world_time:.0f} ms after the submission left")
    wanted = {f"{citizen}@warga.example": 2, ends.officer: 1 + len(seats), ends.superior: 1 + len(seats)}
    sent = await look.mails(world, name, place, wanted)
    return [*await look.result(world, name, ends, told), *enrolled, *notified, *sent]


async def _tracked(world: World, name: str, code: str) -> Check:
    found: Mapping[str, Any] = await world.get("complaints", "/complaints/track", headers={"Receipt-Code": code})
    world.say(f"\n  Tracked by its receipt code: {found['status']}")
    return Check(name, "tracked by code", "undue_delay", str(found["category"]))


def _code(world: World, place: int, citizen: str) -> str:
    """The receipt code out of the reporter's first message: for a submission by event it is nowhere else."""
    found = [CODE.search(mail.text) for mail in world.mails(place) if f"{citizen}@warga.example" in mail.recipients]
    return next((match[1] for match in found if match), "no code in any mail")


SCENES: Mapping[str, Scene] = {
    "1": slow_by_http,
    "2": slow_by_event,
    "3": isolated,
    "4": newcomer,
    "5": refused,
    "6": either_order,
    "7": handling.unknown_officer,
    "8": handling.unfounded,
}
