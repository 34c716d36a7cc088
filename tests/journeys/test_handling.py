"""What people do with a case and with a result, and what follows, beside what the demo shows of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.local.demo import look, people
from deploy.local.demo.handling import upheld
from deploy.local.demo.look import CITIZEN, EMPLOYEE, SUPERIOR
from deploy.local.demo.people import HANDLER
from deploy.local.demo.table import failed
from deploy.local.demo.world import ZONE, World, eventually
from deploy.local.stack import SERVICES
from shared.events import Event
from shared.events.complaints import (
    COMPLAINTS,
    ComplaintFiled,
    ComplaintReferred,
    ComplaintReopened,
    Finding,
    Visibility,
)
from shared.events.evaluation import (
    EVALUATIONS,
    EvaluationCompleted,
    EvaluationConfirmed,
    EvaluationOpened,
    EvaluationWithdrawn,
    Outcome,
)
from shared.events.training import (
    EmployeeEnrolled,
    EmployeePromoted,
    EmployeeWaitlisted,
    EnrolmentCancelled,
)

TABLES = "SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


async def told(world: World, *events: tuple[Event, tuple[str, ...]]) -> None:
    """Each event was told to whom it concerns, by mail and in the inbox, once, and to nobody else."""
    assert failed(await look.told_to(world, "told", events)) == []


async def test_bribery_is_referred_and_only_the_vault_knows_who_reported(world: World) -> None:
    officer, superior = (world.people[f"{name}@salor.example"].employee_id for name in ("lina", "yanum"))
    filed = await people.file(world, "saksi.suap", "reward_demanded", employee_id=str(officer))
    first = await world.timeline.one(ComplaintFiled, complaint_id=filed.complaint_id)
    referred = await world.timeline.one(ComplaintReferred, complaint_id=filed.complaint_id)
    await world.caught_up("evaluation", COMPLAINTS, filed.complaint_id, 2)
    assert first.visibility is Visibility.CONFIDENTIAL
    path = f"/complaints/{filed.complaint_id}/evaluation"
    outcome = await world.get("evaluation", path, ["operator"], uuid.uuid4())
    assert outcome["evaluation_id"] is None
    assert outcome["reason"]
    await told(world, (first, (CITIZEN,)), (referred, (CITIZEN,)))

    case = f"/cases/{filed.complaint_id}"
    shown = await world.get("complaints", case, ["officer"], world.people[HANDLER].employee_id)
    assert "saksi.suap" not in str(shown)
    for concerned in (officer, superior):
        with pytest.raises(httpx.HTTPStatusError, match="404"):
            await world.get("complaints", case, ["officer"], concerned)
    assert [one.name for one in world.timeline.seen if "saksi.suap" in one.event.model_dump_json()] == []
    assert await holding(world, "saksi.suap@warga.example") == {("complaints", "reporter")}


async def test_what_is_the_inspectorates_after_all_takes_its_seat_back_and_no_letter_says_why(world: World) -> None:
    officer = "budi@salor.example"
    await people.work_late(world, officer, days=25)
    filed = await people.file(world, "saksi.kedua", employee_id=str(world.people[officer].employee_id))
    result = await world.timeline.one(EvaluationCompleted, complaint_id=filed.complaint_id)
    assert result.needs
    seats = [await world.timeline.one(EmployeeEnrolled, need_id=need.need_id) for need in result.needs]
    await people.handle(world, filed.complaint_id, "refer", text="Uang diminta di loket.")

    referred = await world.timeline.one(ComplaintReferred, complaint_id=filed.complaint_id)
    withdrawn = await world.timeline.one(EvaluationWithdrawn, evaluation_id=result.evaluation_id)
    cancelled = [await world.timeline.one(EnrolmentCancelled, enrolment_id=seat.enrolment_id) for seat in seats]
    assert (withdrawn.reason, set(withdrawn.withdrawn)) == ("complaint referred", {seat.need_id for seat in seats})
    both = (EMPLOYEE, SUPERIOR)
    await told(world, (referred, (CITIZEN,)), (withdrawn, both), *((one, both) for one in cancelled))
    letters = [mail.text for mail in world.mails() if officer in mail.recipients]
    assert any("dibatalkan" in text for text in letters)
    assert not any("inspektorat" in text.lower() for text in letters)


async def holding(world: World, text: str) -> set[tuple[str, str]]:
    """The tables of all services in which a text is kept."""
    found = set()
    for service in SERVICES:
        connection = await asyncpg.connect(world.stack.postgres_url(service))
        try:
            for (table,) in await connection.fetch(TABLES):
                sql = f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text LIKE '%' || $1::text || '%')"
                if await connection.fetchval(sql, text):
                    found.add((service, table))
        finally:
            await connection.close()
    return found


async def test_a_full_session_has_a_line_and_who_cancels_lets_the_first_in(world: World) -> None:
    page = await world.get("training", "/sessions", params={"course": "komunikasi-pelayanan"})
    (session,) = page["items"]
    seated = list(world.people.values())[: session["free"]]
    seats = [
        await world.post(
            "training", f"/sessions/{session['session_id']}/enrolments", None, ["employee"], one.employee_id
        )
        for one in seated
    ]
    await upheld(world, "wawan@salor.example", "improper_conduct", 5)
    officer = world.people["wawan@salor.example"].employee_id
    waits = await world.timeline.one(EmployeeWaitlisted, employee_id=officer)
    assert (waits.test, waits.course) == ("behaviour", "komunikasi-pelayanan")

    leaves = seated[0].employee_id
    await world.post("training", f"/enrolments/{seats[0]['enrolment_id']}/cancel", None, ["employee"], leaves)
    promoted = await world.timeline.one(EmployeePromoted, employee_id=officer)
    cancelled = await world.timeline.one(EnrolmentCancelled, employee_id=leaves)
    assert (promoted.enrolment_id, str(promoted.session_id)) == (waits.enrolment_id, session["session_id"])
    both = (EMPLOYEE, SUPERIOR)
    await told(world, (waits, both), (cancelled, (EMPLOYEE,)), (promoted, both))


async def test_what_the_superior_adjusts_takes_its_effects_back_once(world: World) -> None:
    officer, superior = "surya@salor.example", "lurah2@salor.example"
    await people.work_late(world, officer)
    about = str(world.people[officer].employee_id)
    filed = await people.file(world, "antre.lama", employee_id=about)
    result = await world.timeline.one(EvaluationCompleted, complaint_id=filed.complaint_id)
    assert [need.test for need in result.needs] == ["skck"]
    seat = await world.timeline.one(EmployeeEnrolled, employee_id=result.employee_id)

    adjusting: dict[str, Any] = {
        "outcome": Outcome.ISOLATED.value,
        "needs": [],
        "reasons": "Printer rusak selama dua minggu.",
    }
    with pytest.raises(httpx.HTTPStatusError, match="409"):  # before the employee was heard
        await people.decide(world, result, superior, **adjusting)
    await people.reply(world, result, "Printer kami rusak selama dua minggu.")
    key = str(uuid.uuid4())
    answers = [await people.decide(world, result, superior, key, **adjusting) for _ in range(2)]
    assert answers[0] == answers[1]
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        await people.decide(world, result, superior, **adjusting)

    confirmed = await world.timeline.one(EvaluationConfirmed, evaluation_id=result.evaluation_id)
    cancelled = await world.timeline.one(EnrolmentCancelled, enrolment_id=seat.enrolment_id)
    assert (confirmed.adjusted, confirmed.outcome, confirmed.needs) == (True, Outcome.ISOLATED, ())
    assert confirmed.withdrawn == (seat.need_id,)
    assert cancelled.reason == "need withdrawn"
    await told(world, (confirmed, (EMPLOYEE,)), (cancelled, (EMPLOYEE, SUPERIOR)))
    assert len(world.timeline.of(EvaluationConfirmed, evaluation_id=result.evaluation_id)) == 1
    assert len(world.timeline.of(EnrolmentCancelled, employee_id=result.employee_id)) == 1


async def test_a_case_that_is_reopened_twice_is_told_twice_and_evaluated_once(world: World) -> None:
    officer = world.people["dian@salor.example"].employee_id
    filed = await people.file(world, "belum.puas", employee_id=str(officer))
    await world.timeline.one(EvaluationCompleted, complaint_id=filed.complaint_id)
    for times in (1, 2):
        await people.answer(world, filed.complaint_id, Finding.UPHELD)
        assert (await people.follow(world, filed, "reopen", text="Belum selesai."))["status"] == "reopened"
        reopened = await world.timeline.one(ComplaintReopened, complaint_id=filed.complaint_id, times=times)
        await told(world, (reopened, (CITIZEN,)))
    await world.caught_up("evaluation", COMPLAINTS, filed.complaint_id, 5)
    (opened,) = world.timeline.of(EvaluationOpened, employee_id=officer)
    revisions = await world.timeline.several(2, EvaluationCompleted, evaluation_id=opened.evaluation_id)
    await world.caught_up("notifications", EVALUATIONS, opened.evaluation_id, 3)
    assert [one.revision for one in revisions] == [1, 2], "found upheld, and again"


async def test_a_pppk_takes_no_more_than_24_hours_in_a_year_of_the_contract(world: World) -> None:
    """PP 49/2018: a year of the contract begins with it (1 October), so neither a new calendar year gives hours, nor
    does the old one of the contract take them."""
    one, today = world.people["dian@salor.example"], world.today
    assert one.contract_since is not None
    begins = one.contract_since.replace(year=(today + timedelta(days=31)).year)
    if begins <= today + timedelta(days=30):
        begins = begins.replace(year=begins.year + 1)
    own = f"/employees/{one.employee_id}/learning"

    async def take(day: date) -> None:
        at = datetime.combine(day, time(9), ZONE).isoformat()
        body = {"course": "pelayanan-prima", "starts_at": at, "place": "Balai Diklat", "seats": 5}
        session = (await world.post("training", "/sessions", body, ["operator"], "operator"))["session_id"]
        await world.post("training", f"/sessions/{session}/enrolments", None, ["employee"], one.employee_id)

    async def known() -> bool:
        return bool((await world.get("training", own, ["employee"], one.employee_id))["status"] == one.status)

    await eventually(known, "training knows who is on a contract")
    for days in (0, 1, 2, 120):
        await take(begins + timedelta(days=days))
    with pytest.raises(httpx.HTTPStatusError, match="409") as refused:
        await take(begins + timedelta(days=150))
    assert refused.value.response.json()["type"] == "urn:salor:problem:too-many-learning-hours"
    await take(begins - timedelta(days=1))
    year = {"year": begins.year}
    shown = await world.get("training", own, ["employee"], one.employee_id, params=year)
    assert (shown["since"], shown["booked"], shown["left"]) == (begins.isoformat(), 20, 4)
