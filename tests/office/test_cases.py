"""What a clerk and an officer type about cases, read, and get as exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from office import app
from services.complaints.api import routes
from services.complaints.api.cases import OFFICER as AUTHORITY
from tests.office.conftest import Salor
from tests.services.complaints.given import COLLEAGUE, HANDLER, OFFICER
from tests.support import Bench

REPORT = {
    "category": "undue_delay",
    "text": "Kartunya\u2026 \x1b[31mterlambat\nsekali",
    "contact": {"phone": "0812-0000-0000", "language": "id"},
}


def columns(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines()]


async def filed(cases: Salor, *more: str) -> str:
    code, said, wrong = await cases(
        COLLEAGUE, "file", "--category", "undue_delay", "--text", "Too slow.", "--consent", "--json", *more
    )
    assert code == 0, wrong
    return str(json.loads(said)["complaint_id"])


async def test_a_case_from_the_counter_to_its_answer(cases: Salor) -> None:
    """Weaker: an act is sent and refused, and the exit code says that all is well."""
    code, page, beside = await cases(
        COLLEAGUE, "file", "--category", "undue_delay", "--text", "Too slow.", "--language", "en", "--consent"
    )
    case = beside.split()[1]
    assert (code, "Receipt code" in page, case in page) == (0, True, False), "the page goes to the citizen"
    code, said, _ = await cases(COLLEAGUE, "list", "--unassigned")
    assert (code, columns(said)[1][:3]) == (0, [case, "received", "undue_delay"])
    code, said, _ = await cases(COLLEAGUE, "assign", case, "--employee", str(OFFICER))
    assert (code, ["state", "assigned"] in columns(said)) == (0, True)
    assert (await cases(COLLEAGUE, "list", "--unassigned"))[1] == "there is no such case\n"
    assert (await cases(HANDLER, "handle", case))[0] == 0
    code, said, _ = await cases(HANDLER, "list", "--handler", str(HANDLER), "--state", "assigned", "--json")
    assert [json.loads(line)["employee_id"] for line in said.splitlines()] == [str(OFFICER)]
    code, said, _ = await cases(
        HANDLER, "answer", case, "--finding", "upheld", "--text", "You waited too long.", "--json"
    )
    assert (code, json.loads(said)["state"], json.loads(said)["finding"]) == (0, "answered", "upheld")
    code, said, _ = await cases(HANDLER, "show", case)
    assert f"answer by {HANDLER}, for reporter, upheld\n  You waited too long." in said
    assert "closing is due on" in said
    assert said.splitlines()[-1].startswith("the state allows: handle, comment, answer")


async def test_a_report_of_a_file_is_filed_and_what_a_citizen_wrote_can_not_write_on_the_terminal(
    cases: Salor, complaints: Bench, tmp_path: Path
) -> None:
    """Weaker: an option drops the contact of the file, or a report moves the cursor of whoever reads it."""
    report = tmp_path / "report.json"
    report.write_text(json.dumps(REPORT), encoding="utf-8")
    code, _, beside = await cases(
        COLLEAGUE, "file", str(report), "--name", "Wati", "--channel", "telephone", "--anonymous", "--consent"
    )
    assert code == 0, beside
    (row,) = await complaints.pool.fetch("SELECT name, phone FROM reporter")
    assert tuple(row) == ("Wati", "+6281200000000")
    shown = (await cases(COLLEAGUE, "show", beside.split()[1]))[1]
    assert ("\x1b" in shown, r"\x1b[31mterlambat" in shown, "\n  sekali\n" in shown) == (False, True, True)
    assert ["visibility", "anonim"] in columns(shown)


async def test_a_refusal_is_one_line_that_says_what_is_wrong_and_nothing_is_done(
    cases: Salor, complaints: Bench, tmp_path: Path
) -> None:
    code, said, wrong = await cases(COLLEAGUE, "file", "--category", "gossip", "--text", "Too slow.")
    assert (code, said, wrong) == (1, "", "complaints: The request is not valid. consent is missing\n")
    case = await filed(cases, "--employee", str(OFFICER))
    code, _, wrong = await cases(OFFICER, "close", case)
    assert (code, wrong.count("\n"), "You can't act on this case" in wrong) == (1, 1, True)
    code, _, wrong = await cases(COLLEAGUE, "close", case)
    assert (code, wrong.count("\n"), "close" in wrong) == (1, 1, True)
    code, _, wrong = await cases(COLLEAGUE, "list", roles=("employee",))
    title = (
        "complaints: Your roles do not allow this. SALOR_TOKEN must be a current token, with a role that may do this."
    )
    assert (code, wrong) == (2, title + "\n")
    bad = tmp_path / "bad.json"
    bad.write_text("[1]")
    for arguments in (["show", "x"], ["show", case, "complaints.v1"], ["assign", case, "--employee", "x"]):
        assert (await cases(COLLEAGUE, *arguments))[0] == 2
    code, _, wrong = await cases(COLLEAGUE, "file", str(bad))
    assert (code, "must be a JSON object" in wrong) == (2, True)
    assert await complaints.pool.fetchval("SELECT count(*) FROM complaint") == 1


async def test_a_look_at_a_reporter_has_a_reason(cases: Salor, complaints: Bench) -> None:
    case = await filed(cases, "--phone", "0812-0000-0000")
    assert (await cases(COLLEAGUE, "reveal", case))[0] == 2
    code, said, _ = await cases(COLLEAGUE, "reveal", case, "-m", "the inspectorate has to hear the reporter")
    assert (code, ["phone", "+6281200000000"] in columns(said)) == (0, True)
    code, said, _ = await cases(COLLEAGUE, "search", "-m", "lost the receipt", "--phone", "0812-0000-0000")
    assert (code, columns(said)[1]) == (0, [case, "received"])
    code, said, _ = await cases(COLLEAGUE, "codes", "rejection-reasons", "--language", "en")
    assert (code, columns(said)[0], "unclear" in said) == (0, ["code", "name"], True)


async def test_candidates_are_shown(cases: Salor) -> None:
    case = await filed(cases)
    code, _, wrong = await cases(COLLEAGUE, "candidates", case)
    assert (code, wrong.startswith("complaints: It is not known which unit")) == (1, True)
    code, said, _ = await cases(COLLEAGUE, "candidates", case, "--unit", "pelayanan")
    assert (code, said) == (0, "the roster names nobody there and then\n")


async def test_links_are_made_shown_and_taken_back(cases: Salor) -> None:
    first, second = await filed(cases, "--employee", str(OFFICER)), await filed(cases, "--employee", str(OFFICER))
    code, said, wrong = await cases(COLLEAGUE, "link", second, "--to", first)
    assert (code, ["linked_to", first] in columns(said)) == (0, True), wrong
    assert json.loads((await cases(COLLEAGUE, "links", first, "--json"))[1])["linked"] == [second]
    assert (await cases(COLLEAGUE, "unlink", second))[0] == 2, "why has to be said"
    assert (await cases(COLLEAGUE, "unlink", second, "--text", "Another day."))[0] == 0
    assert json.loads((await cases(COLLEAGUE, "links", first, "--json"))[1])["linked"] == []


def test_each_verb_of_officers_has_a_command() -> None:
    """Weaker: a new verb of the service can be done by curl only."""
    commands = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    assert verbs() - commands == set()
    assert len(verbs()) > 10


def verbs() -> set[str]:
    """The last words of the addresses of what officers do with a case."""
    written = [route for route in routes.routes if isinstance(route, APIRoute) and route.methods == {"POST"}]
    on_case = [route for route in written if AUTHORITY in route.dependencies and route.path.startswith("/cases/{")]
    return {route.path.split("/")[-1] for route in on_case}


@pytest.mark.parametrize("stream", [(), ("complaints.v1",)], ids=["a case", "half a key"])
async def test_what_is_no_case_is_said_before_anybody_is_asked(salor: Salor, stream: tuple[str, ...]) -> None:
    code, _, wrong = await salor(COLLEAGUE, "show", "complaints", *stream)
    assert (code, "case" in wrong) == (2, True)
