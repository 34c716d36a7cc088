"""What employees, trainers and operators type about sessions, seats and learning hours."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from shared.events.directory import Employment
from tests.office.conftest import Salor
from tests.office.test_cases import columns
from tests.services.training.given import KTP, begin, completed, employee, scheduled
from tests.support import Bench

OFFICER, COLLEAGUE, TRAINER, OPERATOR = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC), UUID(int=0xD)
OWN, RUNS = ("employee",), ("operator",)


async def test_an_operator_schedules_and_cancels_and_who_waits_is_seen(trainings: Salor) -> None:
    """Weaker: the cancelled session is still on offer, or what an operator may do an employee may."""
    code, said, _ = await trainings(OPERATOR, "courses", "--language", "en", roles=RUNS)
    assert (code, columns(said)[1]) == (0, ["ktp", "x", "bimtek", "5", "ktp", "-"])
    at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    new = ("schedule", "open", "--at", at, "--place", "Aula", "--seats", "7", "--json")
    assert (await trainings(OFFICER, *new, roles=OWN))[0] == 2
    code, said, wrong = await trainings(OPERATOR, *new, roles=RUNS)
    assert code == 0, wrong
    session = json.loads(said)["session_id"]
    code, said, _ = await trainings(OFFICER, "sessions", "--course", "open", roles=OWN)
    assert (code, columns(said)[1][1:]) == (0, [session, "open", "Aula", "7", "7"])
    assert (await trainings(OPERATOR, "cancel-session", session, roles=RUNS))[0] == 0
    assert (await trainings(OFFICER, "sessions", "--course", "open", roles=OWN))[1] == "there is no such session\n"


async def test_a_seat_is_taken_left_and_its_need_is_shown_with_its_place(trainings: Salor, training: Bench) -> None:
    session = str(await scheduled(training, seats=3, course="open"))
    code, said, wrong = await trainings(OFFICER, "enrol", session, "--json", roles=OWN)
    assert code == 0, wrong
    one = json.loads(said)["enrolment_id"]
    code, _, wrong = await trainings(COLLEAGUE, "leave", one, roles=OWN)
    assert (code, wrong.count("\n")) == (1, 1), "nobody leaves a seat of somebody else"
    assert columns((await trainings(TRAINER, "participants", session))[1])[1] == [str(OFFICER), "enrolled"]
    assert (await trainings(OFFICER, "leave", one, roles=OWN))[0] == 0
    assert ["state", "cancelled"] in columns((await trainings(OFFICER, "enrolment", one, roles=OWN))[1])
    await training.events([completed(KTP) for _ in range(2)] + [completed(KTP, employee=OFFICER)])
    code, said, _ = await trainings(OFFICER, "enrolments", str(OFFICER), "--state", "waitlisted", "--json", roles=OWN)
    assert (code, json.loads(said)["test"], json.loads(said)["in_line"]) == (0, "ktp", 1)
    code, said, _ = await trainings(OPERATOR, "enrolments", "--course", "ktp", roles=RUNS)
    assert (code, len(columns(said))) == (0, 4)
    code, _, wrong = await trainings(OPERATOR, "enrolments", str(OFFICER), "--course", "ktp", roles=RUNS)
    assert (code, "--course" in wrong) == (2, True)


async def test_a_trainer_says_what_became_of_the_seats_and_hours_are_counted(
    trainings: Salor, training: Bench, tmp_path: Path
) -> None:
    """Weaker: who was absent completes the training, or an option is dropped where there is a file."""
    await training.events([employee(OFFICER, Employment.PNS), employee(COLLEAGUE, Employment.PNS)])
    session = await scheduled(training, seats=3, course="open")
    for one in (OFFICER, COLLEAGUE):
        assert (await trainings(one, "enrol", str(session), roles=OWN))[0] == 0
    results = ("record-results", str(session))
    code, _, wrong = await trainings(TRAINER, *results, "--passed", str(OFFICER))
    assert (code, "begun" in wrong) == (1, True), wrong
    await begin(training, session)
    found = tmp_path / "results.json"
    found.write_text(json.dumps({"results": [{"employee_id": str(OFFICER), "attended": True, "score": 90}]}))
    code, said, wrong = await trainings(TRAINER, *results, str(found), "--absent", str(COLLEAGUE), "--json")
    assert (code, json.loads(said)["completed"], json.loads(said)["missed"]) == (0, 1, 1), wrong
    code, said, _ = await trainings(OFFICER, "learning", str(OFFICER), roles=OWN)
    assert (code, ["completed", "10"] in columns(said)) == (0, True)
    code, said, _ = await trainings(OPERATOR, "learning", "--short", "--json", roles=RUNS)
    assert (code, sorted(json.loads(line)["short"] for line in said.splitlines())) == (0, [10, 20])
    found.write_text(json.dumps({"results": "all"}))
    code, _, wrong = await trainings(TRAINER, *results, str(found))
    assert (code, "must be a list" in wrong) == (2, True)
