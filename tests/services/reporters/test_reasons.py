"""The reasons of a result alone, by the rules: what they count must not say when a hidden complaint was filed."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from uuid import uuid4

import pytest

from services.evaluation.model.words import Claim, Counted, Finding, Found, Reported
from services.evaluation.rules.explain import explain
from services.evaluation.rules.revise import Rules, revise
from services.evaluation.rules.triggering import incident_id
from shared.events.complaints import Trigger, Visibility
from tests.services.evaluation.policies import SCORING, VIEW
from tests.services.reporters.attacker import Attacker, Reading, by_chance, most
from tests.services.reporters.quarter import CALENDAR, Case, Request, cases, requests

RULES = Rules(lambda _: SCORING, lambda _: VIEW, CALENDAR)


def found(case: Case, handled: Sequence[Request], filed: Sequence[Case]) -> Found:
    """What is known of the officer in the moment of a complaint: it is evaluated at once."""
    counts = Counter((one.day, one.late) for one in handled if one.at <= case.filed_at)
    rows = [Counted(day, "ktp", counts[day, False], 0, counts[day, True]) for day in sorted({day for day, _ in counts})]
    before = [one for one in filed if one.filed_at <= case.filed_at]
    claims = [
        Claim(
            f"delay {one.request.day}",
            "delay",
            one.request.day,
            str(one.complaint_id),
            Finding.PENDING,
            None if one.visibility is Visibility.OPEN else one.filed_at,
        )
        for one in before
    ]
    return Found(case.filed_at, tuple(rows), tuple(claims), {})


def reported(case: Case) -> Reported:
    """The complaint as evaluation keeps it."""
    officer, day = case.request.officer, case.request.day
    return Reported(
        complaint_id=case.complaint_id,
        employee_id=officer,
        incident_id=incident_id(officer, "delay", day),
        category="penundaan",
        part="delay",
        trigger=Trigger.AT_FILING,
        day=day,
        filed_at=case.filed_at,
        voice=str(case.complaint_id),
        visibility=case.visibility,
        service="ktp",
        unit="pelayanan",
    )


def read(case: Case, handled: Sequence[Request], filed: Sequence[Case]) -> Reading:
    """The reasons as the officer reads them, and when they show."""
    revision = revise(reported(case), None, found(case, handled, filed), (), rules=RULES)
    text = explain(revision.evidence, revision.result, language="id", fewest=VIEW.fewest_cases).model_dump_json()
    return Reading((text, str(revision.evaluation_id)), revision.visible_from)


@pytest.fixture(params=[1, 2, 3])
def quarter(request: pytest.FixtureRequest) -> tuple[Attacker, list[Request], list[Case]]:
    random = Random(request.param)
    handled = requests(uuid4(), random)
    return Attacker(handled, random), handled, cases(handled, random)


def test_the_reasons_tie_no_hidden_complaint_to_a_request(
    quarter: tuple[Attacker, list[Request], list[Case]],
) -> None:
    attacker, handled, filed = quarter
    hidden = [case for case in filed if case.visibility is not Visibility.OPEN]
    hits = sum(attacker.guess(read(case, handled, filed)) == case.request for case in hidden)

    assert hits <= most([by_chance(case, handled) for case in hidden])


def test_of_an_open_complaint_they_may_so_the_attacker_is_able(
    quarter: tuple[Attacker, list[Request], list[Case]],
) -> None:
    """Told at once and counted to the moment: of who complains after the visit, the last late request is the one."""
    attacker, handled, filed = quarter
    at_once = [case for case in filed if case.visibility is Visibility.OPEN and case.at_once]
    readings = [(case, read(case, handled, filed)) for case in at_once]
    ties = [
        attacker.guess(Reading(one.texts, CALENDAR.next_opening(one.arrived, VIEW.collection_at)))
        for _, one in readings
    ]

    hits = sum(tied == case.request for (case, _), tied in zip(readings, ties, strict=True))
    assert hits > most([by_chance(case, handled) for case in at_once])
