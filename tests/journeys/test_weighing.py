"""Journeys 14 to 16: praise beside a complaint, many complaints of few, and what an officer reads of a hidden one.

The numbers are computed by hand, by `S = 85 - 40 (O - E) / (E + 8)` of the district's instrument.
"""

from __future__ import annotations

import asyncio
from datetime import time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.local.demo import look, people
from deploy.local.demo.look import CITIZEN, EMPLOYEE, SUPERIOR
from deploy.local.demo.people import HANDLER, Filed
from deploy.local.demo.table import failed
from deploy.local.demo.world import COUNTER, ZONE, World
from shared.clock import WorkingDays
from shared.events.complaints import (
    COMPLAINTS,
    ComplaintAnswered,
    ComplaintFiled,
    Finding,
    PraiseGiven,
    SubmissionAccepted,
    Visibility,
)
from shared.events.directory import EmployeeRecorded
from shared.events.evaluation import EvaluationCompleted, Outcome
from shared.events.frontoffice import ComplaintSubmitted, Contact
from shared.messaging.failures import patiently

EVERYBODY = (CITIZEN, EMPLOYEE, SUPERIOR)
PENDING, UPHELD = ("85.00", "92.94", "87.27"), ("85.00", "90.65", "86.61")
"""Timeliness, delay and discipline with 800 services, 80 of them late (q = 0.1): E = O = 80, so 85.00. Delay, q =
0.0031: E = 2.48; one incident O = 0.4, upheld 1. Discipline: (50 x timeliness + 20 x delay) / 70."""
A_DAY = 10
"""Reports that one citizen may file on the web in a day (filing-2026.1)."""
SHOWS = "SELECT visible_from FROM evaluation_revision WHERE evaluation_id = $1"
LEAVES = "SELECT min(not_before) FROM delivery WHERE event_id = $1 HAVING count(DISTINCT not_before) = 1"
SHOW = "UPDATE evaluation_revision SET visible_from = now() WHERE evaluation_id = $1 RETURNING 1"
LEAVE = "UPDATE delivery SET next_at = now() WHERE event_id = $1 AND state = 'waiting' RETURNING 1"


async def scores(world: World, told: EvaluationCompleted) -> tuple[Any, ...]:
    """Timeliness, delay and discipline, as the officer reads them."""
    shown = await look.explanation(world, told)
    parts = {part["part"]: part["score"] for part in shown["parts"]}
    (discipline,) = (one["score"] for one in shown["dimensions"] if one["dimension"] == "discipline")
    return parts["timeliness"], parts["delay"], discipline


async def all_told(world: World, filed: list[UUID]) -> list[EvaluationCompleted]:
    """The result of each complaint, once everybody was told of all of them: the citizens that each came, and of it."""
    came = [await world.timeline.one(ComplaintFiled, complaint_id=one) for one in filed]
    results = [await world.timeline.one(EvaluationCompleted, complaint_id=one) for one in filed]
    concerned: list[tuple[Any, tuple[str, ...]]] = [(one, (CITIZEN,)) for one in came]
    concerned += [(one, EVERYBODY if one.news else (CITIZEN,)) for one in results]
    assert failed(await look.told_to(world, "every one is answered", concerned)) == []
    return results


async def uphold(world: World, filed: list[UUID]) -> None:
    """Each is answered, with what was found, until evaluation knows."""
    await asyncio.gather(*(people.answer(world, one, Finding.UPHELD) for one in filed))
    answered = [await world.timeline.one(ComplaintAnswered, complaint_id=one) for one in filed]
    assert failed(await look.told_to(world, "answered", [(one, (CITIZEN,)) for one in answered])) == []
    for one in filed:
        await world.caught_up("evaluation", COMPLAINTS, one, 2)


async def test_praise_and_punctual_work_outweigh_an_upheld_complaint_and_the_explanation_says_so(world: World) -> None:
    """280 services, 12 late: timeliness 85 + 40 x 2/22. Behaviour, q = 0.0004: E = 0.112, O = 1 - 4/4."""
    about = str(world.people["rina@salor.example"].employee_id)
    for citizen in range(4):
        praised = await people.file(world, f"senang{citizen}", "praise", employee_id=about)
        await world.timeline.one(PraiseGiven, complaint_id=praised.complaint_id)
        await world.caught_up("evaluation", COMPLAINTS, praised.complaint_id, 2)

    filed = await people.file(world, "tersinggung", "improper_conduct", employee_id=about)
    await people.handle(world, filed.complaint_id, "verify")
    pending = await world.timeline.one(EvaluationCompleted, complaint_id=filed.complaint_id)
    await people.answer(world, filed.complaint_id, Finding.UPHELD)
    told = await world.timeline.one(EvaluationCompleted, evaluation_id=pending.evaluation_id, revision=2)

    assert (told.outcome, told.needs) == (Outcome.INCONCLUSIVE, ())
    shown = await look.explanation(world, told)
    parts = {part["part"]: part for part in shown["parts"]}
    assert (parts["timeliness"]["score"], parts["behaviour"]["score"]) == ("88.64", "85.55")
    assert [(line["text"], line["points"]) for line in parts["behaviour"]["lines"]] == [
        ("Starting point: as expected", "85.00"),
        ("280 services handled", "0.55"),
        ("1 incident complained about", "-4.93"),
        ("4 words of praise", "4.93"),
    ]


async def test_an_angry_citizen_has_one_voice_and_every_complaint_is_answered(world: World) -> None:
    """Twenty complaints about twenty days: what the web takes of one citizen in a day, the others at the counter."""
    contact = Contact(name="Warga Marah", email="marah@warga.example")
    bodies = [
        ComplaintSubmitted(
            category="undue_delay",
            text="Selalu lambat.",
            employee_id=world.people["rudi@salor.example"].employee_id,
            occurred_on=world.today - timedelta(days=n),
            contact=contact,
        )
        for n in range(20)
    ]
    answers = [await world.file(body.model_dump(mode="json")) for body in bodies[: A_DAY + 1]]
    assert [answer.status_code for answer in answers] == [201] * A_DAY + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    sent = await world.send(*bodies[A_DAY:])
    receipts = [await world.timeline.one(SubmissionAccepted, source=COUNTER, submission=one) for one in sent]
    filed = [UUID(answer.json()["complaint_id"]) for answer in answers[:A_DAY]]
    filed += [one.complaint_id for one in receipts]

    results = await all_told(world, filed)
    assert len({one.evaluation_id for one in results}) == 20
    assert {await scores(world, one) for one in results} == {PENDING}
    await uphold(world, filed[-1:])
    assert {await scores(world, one) for one in results[-1:]} == {UPHELD}
    assert {one.outcome for one in world.timeline.of(EvaluationCompleted, employee_id=results[0].employee_id)} == {
        Outcome.ISOLATED
    }


async def test_a_campaign_on_one_day_is_one_incident_and_every_citizen_is_answered(world: World) -> None:
    """Fifteen citizens, one officer, one day."""
    officer = world.people["fitri@salor.example"].employee_id
    about = {"employee_id": str(officer), "occurred_on": world.today.isoformat()}
    made: list[Filed] = await asyncio.gather(*(people.file(world, f"kampanye{n}", **about) for n in range(15)))
    filed = [one.complaint_id for one in made]

    results = await all_told(world, filed)
    assert {one.evaluation_id for one in results} == {results[0].evaluation_id}
    assert [one.revision for one in results if one.news] == [1], "the officer is told of one incident, once"
    assert await scores(world, results[0]) == PENDING
    await uphold(world, filed)
    assert await scores(world, results[0]) == UPHELD
    tracked = await asyncio.gather(*(people.tracked(world, one) for one in made))
    assert {one["status"] for one in tracked} == {"answered"}


async def test_of_a_rahasia_complaint_the_officer_learns_in_the_morning_that_there_was_one(world: World) -> None:
    """The reporter is told at once. The morning comes by moving what waits for it."""
    officer, record = world.people["adi@salor.example"], world.late_record("adi@salor.example").event
    before = await read_by(world, officer)
    secret = "Petugas menolak berkas saya tanpa alasan."
    about = {"request_number": record.request_number, "service": record.service}
    filed = await people.file(world, "rahasia", text=secret, confidential=True, **about)
    came = await world.timeline.one(ComplaintFiled, complaint_id=filed.complaint_id)
    told = await world.timeline.one(EvaluationCompleted, complaint_id=filed.complaint_id)
    assert failed(await look.told_to(world, "at once", [(came, (CITIZEN,)), (told, (CITIZEN,))])) == []
    await world.caught_up("notifications", EvaluationCompleted.topic, told.evaluation_id, 2)

    assert told.visibility is Visibility.CONFIDENTIAL
    assert await read_by(world, officer) == before
    event_id, opening = world.timeline.id_of(told), WorkingDays(ZONE).next_opening(came.filed_at, time(8))
    assert await world.value("evaluation", SHOWS, told.evaluation_id) == opening
    assert await world.value("notifications", LEAVES, event_id) == opening

    await patiently(lambda: world.value("evaluation", SHOW, told.evaluation_id))
    await patiently(lambda: world.value("notifications", LEAVE, event_id))
    assert failed(await look.told_to(world, "in the morning", [(told, EVERYBODY)])) == []
    after = await read_by(world, officer)
    assert str(told.evaluation_id) in after
    assert "1 kejadian yang diadukan" in after
    named = (secret, record.request_number, str(record.record_id), str(filed.complaint_id), "Warga rahasia", "warga.ex")
    assert [name for name in named if name in after] == []
    case = f"/cases/{filed.complaint_id}"
    assert secret in str(await world.get("complaints", case, ["officer"], world.people[HANDLER].employee_id))
    for concerned in (officer.employee_id, officer.superior_id):
        with pytest.raises(httpx.HTTPStatusError, match="404"):
            await world.get("complaints", case, ["officer"], concerned)


async def read_by(world: World, officer: EmployeeRecorded) -> str:
    """All that an officer reads: the own results with why, the inbox, the mails."""
    sub = officer.employee_id
    results = await world.get("evaluation", f"/employees/{sub}/evaluations", ["employee"], sub)
    why = [
        await world.get("evaluation", f"/evaluations/{one['evaluation_id']}/explanation", ["employee"], sub)
        for one in results["items"]
    ]
    inbox = await world.get("notifications", "/inbox", ["employee"], sub)
    mails = [(mail.subject, mail.headers, mail.text) for mail in world.mails() if officer.email in mail.recipients]
    return str((results, why, inbox, mails))
