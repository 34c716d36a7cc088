"""What is typed about scores of a day, periods, recorded evidence, and who stands in for a superior."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from tests.office.conftest import Salor
from tests.office.test_cases import columns
from tests.office.test_results import LEADS, OWN
from tests.services.evaluation.deciding import (
    ACTING,
    CALENDAR,
    CAMAT,
    LONG_AGO,
    OFFICER,
    SUPERIOR,
    evaluated,
    recorded,
)
from tests.services.evaluation.facts import tell
from tests.services.evaluation.test_periods import opened
from tests.support import Bench

RUNS = ("operator",)
CRITERIA = ("--novel", "4", "--effective", "3", "--useful", "4", "--easy-to-spread", "3", "--sustainable", "4")


async def test_the_score_of_a_day_is_shown_with_its_rule_version_lines_and_replies(
    results: Salor, evaluation: Bench
) -> None:
    done = await evaluated(evaluation)
    case = str(done.evaluation_id)
    assert (await results(OFFICER, "reply", case, "--text", "I was alone.", roles=OWN))[0] == 0
    day = CALENDAR.local_day(LONG_AGO)
    scores = ("scores", str(OFFICER), "--language", "en")
    code, said, _ = await results(OFFICER, *scores, roles=OWN)
    assert (code, ["evaluation_id", case] in columns(said), "Starting point" in said) == (0, True, True)
    assert "of revision 1\n  I was alone." in said
    found = json.loads((await results(SUPERIOR, *scores, "--on", str(day), "--json", roles=LEADS))[1])
    assert (found["evaluation_id"], found["policy_version"]) == (case, done.policy_version)
    before = (await results(OFFICER, *scores, "--on", str(day - timedelta(days=1)), roles=OWN))[1]
    assert before.endswith("nothing was scored until then\n")
    code, said, wrong = await results(OFFICER, "scores", str(SUPERIOR), roles=OWN)
    assert (code, said, wrong.count("\n")) == (1, "", 1)


async def test_periods_and_an_officers_assessments_are_shown(results: Salor, evaluation: Bench) -> None:
    await evaluated(evaluation)
    quarter = await opened(evaluation)
    await evaluation.timers(CALENDAR.end_of(CALENDAR.plus(quarter.until, 5)))
    code, said, _ = await results(SUPERIOR, "periods", roles=LEADS)
    (shown,) = [row for row in columns(said) if row[0] == quarter.period]
    assert (code, shown[3:5]) == (0, ["3", "3"])
    code, said, _ = await results(OFFICER, "assessments", str(OFFICER), roles=OWN)
    (mine,) = [row for row in columns(said) if row[0] == quarter.period]
    code, said, _ = await results(OFFICER, "assessment", mine[1], "--language", "en", roles=OWN)
    assert (code, ["period", quarter.period] in columns(said), "Starting point" in said) == (0, True, True)
    assert ["proposed", "-"] in columns(said), "one complaint of delay says nothing of conduct"
    found = json.loads((await results(OFFICER, "assessment", mine[1], "--json", roles=OWN))[1])
    assert (found["assessment_id"], found["explanation"]["parts"] != []) == (mine[1], True)


async def test_a_predicate_is_set_from_the_worklist_and_objected_to(results: Salor, evaluation: Bench) -> None:
    """Weaker: an item says nothing of its period or its last day, or the officer reads the proposal as what counts."""
    await evaluated(evaluation)
    quarter = await opened(evaluation)
    closes = CALENDAR.end_of(CALENDAR.plus(quarter.until, 5))
    await evaluation.timers(closes)

    async def waits(who: UUID) -> list[tuple[str, str]]:
        said = (await results(who, "worklist", "--json", roles=LEADS))[1]
        found = [json.loads(line) for line in said.splitlines()]
        mine = [one for one in found if (one["period"], one["employee_id"]) == (quarter.period, str(OFFICER))]
        return [(one["kind"], one["assessment_id"]) for one in mine]

    ((kind, of),) = await waits(SUPERIOR)
    assert (kind, await waits(CAMAT)) == ("decision", [])
    due = str(CALENDAR.plus(CALENDAR.local_day(closes), 10))
    rows = columns((await results(SUPERIOR, "worklist", "--kind", "decision", roles=LEADS))[1])
    assert [due, "decision", of] in [row[:3] for row in rows]
    code, _, wrong = await results(SUPERIOR, "set-predicate", of, roles=LEADS)
    assert (code, "predicate" in wrong) == (1, True), "nothing was proposed: one has to be named"
    reason = ("-m", "The counter was moved.")
    code, said, wrong = await results(SUPERIOR, "set-predicate", of, "--predicate", "Cukup", *reason, roles=LEADS)
    assert (code, ["predicate", "Cukup"] in columns(said)) == (0, True), wrong
    assert await waits(SUPERIOR) == []
    shown = (await results(OFFICER, "assessment", of, roles=OWN))[1]
    assert ("\ndecision\n" in shown, "The counter was moved." in shown) == (True, True)

    assert (await results(CAMAT, "assessment", of, roles=LEADS))[0] == 1, "the next level has nothing to do with it yet"
    assert (await results(OFFICER, "object-to-predicate", of, "-m", "It was not.", roles=OWN))[0] == 0
    assert [kind for kind, _ in await waits(SUPERIOR) + await waits(CAMAT)] == ["statement", "objection"]
    assert (await results(SUPERIOR, "state-on-predicate", of, "--text", "It was.", roles=LEADS))[0] == 0
    ends = ("decide-on-predicate", of, "--upheld", "--predicate", "Baik", "-m", "It was not.")
    code, said, wrong = await results(CAMAT, *ends, roles=LEADS)
    assert (code, ["status", "final"] in columns(said)) == (0, True), wrong
    listed = (await results(OFFICER, "assessments", str(OFFICER), "--status", "final", "--json", roles=OWN))[1]
    (one,) = [json.loads(line) for line in listed.splitlines()]
    assert (one["decision"]["predicate"], one["objection"]["predicate"]) == ("Cukup", "Baik")
    assert (await results(CAMAT, "assessment", of, roles=LEADS))[0] == 0


async def test_evidence_that_no_other_system_tells_is_recorded(
    results: Salor, evaluation: Bench, tmp_path: Path
) -> None:
    """Weaker: what was refused is kept, or the criteria come in another order."""
    await tell(evaluation, recorded(OFFICER, SUPERIOR), recorded(SUPERIOR, CAMAT))
    today = str(CALENDAR.local_day(datetime.now(UTC)))
    novel = ("record-innovation", str(OFFICER), "--title", "Queue by message", "--on", today, *CRITERIA)
    assert (await results(CAMAT, *novel, roles=LEADS))[0] == 1, "the direct superior alone judges it"
    assert (await results(SUPERIOR, *novel, roles=LEADS))[0] == 0
    kept = "SELECT criteria::text FROM innovation"
    assert await evaluation.pool.fetchval(kept) == "{4,3,4,3,4}"
    score = ("record-coach-score", str(OFFICER))
    code, _, wrong = await results(SUPERIOR, *score, "6", "--on", today, roles=LEADS)
    assert (code, "from 1 to 5" in wrong) == (1, True)
    assert (await results(SUPERIOR, *score, "5", "--on", today, roles=LEADS))[0] == 0
    months = tmp_path / "months.json"
    months.write_text(json.dumps({"items": [{"employee_id": str(OFFICER), "month": today[:7], "absent_on": [today]}]}))
    code, said, wrong = await results(SUPERIOR, "record-attendance", str(months), "--json")
    assert (code, said) == (0, '{"recorded": 1}\n'), wrong
    shown = {}
    for kept in ("innovations", "coach-scores", "attendance"):
        (one,) = (await results(OFFICER, kept, str(OFFICER), "--json", roles=OWN))[1].splitlines()
        shown[kept] = json.loads(one)
        assert (await results(ACTING, kept, str(OFFICER), roles=LEADS))[0] == 1, "others read nothing of it"
    assert shown["innovations"]["criteria"]["effective"] == 3
    assert (shown["coach-scores"]["score"], shown["attendance"]["absent_on"]) == (5, [today])


async def test_an_operator_says_who_acts_for_a_superior_and_until_when(results: Salor, evaluation: Bench) -> None:
    await evaluated(evaluation)
    await tell(evaluation, recorded(ACTING, None))
    today = CALENDAR.local_day(datetime.now(UTC))
    days = ("--since", str(today), "--until", str(today + timedelta(days=9)))
    acting = ("stand-in", str(SUPERIOR), "--by", str(ACTING), *days)
    assert (await results(SUPERIOR, *acting, roles=RUNS))[0] == 2, "each act has a reason"
    code, said, wrong = await results(SUPERIOR, *acting, "-m", "Plh. during leave", "--json", roles=RUNS)
    assert code == 0, wrong
    which = json.loads(said)["stand_in_id"]
    assert len(columns((await results(ACTING, "worklist", roles=LEADS))[1])) == 2
    end = ("end-stand-in", which, "--until", str(today - timedelta(days=1)), "-m", "back earlier")
    code, _, wrong = await results(SUPERIOR, *end, roles=RUNS)
    listed = (await results(SUPERIOR, "stand-ins", "--person", str(ACTING), roles=RUNS))[1]
    assert columns(listed)[1][:3] == [which, str(SUPERIOR), str(ACTING)], wrong
