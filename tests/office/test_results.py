"""What superiors and officers type about results, read, and get as exit code."""

from __future__ import annotations

import json

from shared.events.evaluation import EvaluationConfirmed
from tests.office.conftest import Salor
from tests.office.test_cases import columns
from tests.services.evaluation.deciding import CAMAT, OFFICER, SUPERIOR, evaluated, told
from tests.support import Bench

LEADS, OWN = ("superior",), ("employee",)


async def test_a_superior_reads_why_and_adjusts_with_a_reason(results: Salor, evaluation: Bench) -> None:
    """Weaker: an adjustment without a reason, or of a revision that nobody read, takes effect."""
    done = await evaluated(evaluation)
    case = str(done.evaluation_id)
    code, said, _ = await results(SUPERIOR, "worklist", roles=LEADS)
    assert (code, columns(said)[1][1:3]) == (0, ["decision", case])
    code, said, _ = await results(SUPERIOR, "explain", case, "--language", "en", roles=LEADS)
    assert (code, "  85.00  Starting point" in said, "What would raise it" in said) == (0, True, True)
    explained = json.loads((await results(OFFICER, "explain", case, "--json", roles=OWN))[1])
    assert explained["dimensions"][0]["title"] == "Disiplin"
    code, _, wrong = await results(SUPERIOR, "confirm", case, "--adjust", "isolated", roles=LEADS)
    assert (code, wrong.count("\n"), "reasons" in wrong) == (1, 1, True)
    code, _, wrong = await results(SUPERIOR, "confirm", case, "--revision", "2", roles=LEADS)
    assert (code, wrong.count("\n")) == (1, 1)
    code, _, wrong = await results(CAMAT, "confirm", case, roles=LEADS)
    assert (code, wrong.count("\n")) == (1, 1)
    code, said, _ = await results(
        SUPERIOR, "confirm", case, "--adjust", "isolated", "--reason", "The printer was broken.", roles=LEADS
    )
    assert (code, ["status", "confirmed"] in columns(said), ["outcome", "isolated"] in columns(said)) == (0, True, True)
    assert (await told(evaluation, EvaluationConfirmed)).adjusted
    assert (await results(SUPERIOR, "worklist", roles=LEADS))[1] == "nothing waits for you\n"
    shown = (await results(OFFICER, "result", case, roles=OWN))[1]
    assert ("\ndecision\n" in shown, "The printer was broken." in shown) == (True, True)


async def test_an_officer_replies_and_objects_and_both_are_heard(results: Salor, evaluation: Bench) -> None:
    case = str((await evaluated(evaluation)).evaluation_id)
    code, _, wrong = await results(OFFICER, "reply", case, "--text", "I was alone.", roles=OWN)
    assert code == 0, wrong
    assert "I was alone." in (await results(SUPERIOR, "result", case, roles=LEADS))[1]
    assert (await results(SUPERIOR, "confirm", case, roles=LEADS))[0] == 0
    assert (await results(OFFICER, "object", case, "-m", "The counter was closed.", roles=OWN))[0] == 0
    assert (await results(SUPERIOR, "state", case, "--text", "It was open.", roles=LEADS))[0] == 0
    code, said, wrong = await results(CAMAT, "decide", case, "--dismissed", "-m", "It was open.", roles=LEADS)
    assert (code, ["status", "final"] in columns(said)) == (0, True), wrong
    code, said, _ = await results(OFFICER, "evaluations", str(OFFICER), "--status", "final", "--json", roles=OWN)
    assert [json.loads(line)["objection"]["upheld"] for line in said.splitlines()] == [False]
