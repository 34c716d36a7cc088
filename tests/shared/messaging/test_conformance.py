"""The door of strangers reads what the CloudEvents project says, and refuses what it says by the field."""

from __future__ import annotations

import pytest

from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from shared.messaging.record import Reading, Record, read
from tests.conformance import CASES, DATA, FRAGMENT, ID, NAMELESS, SOURCE, UNDERSTOOD, Case

READINGS = {UNDERSTOOD: Reading.EVENT, NAMELESS: Reading.UNPLACEABLE}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_record_is_the_event_or_is_refused_by_its_field(case: Case) -> None:
    sent = case.under(ID)
    message = read(Record(FRONTOFFICE.name, 0, 7, None, [*sent.headers.items()], case.value))
    assert (message.reading, message.time) == (READINGS.get(case.refused, Reading.INVALID), case.time), message.reason
    if case.refused != NAMELESS:
        assert message.id == ID
        assert message.source in (SOURCE, FRAGMENT)
        assert {problem.field for problem in message.problems} == ({case.refused} if case.refused else set())
        assert message.event == (None if case.refused else ComplaintSubmitted.model_validate(DATA))


def test_no_two_cases_have_a_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
