"""How an office tests itself on a running Salor: `KAFKA=127.0.0.1:9092 pytest test_front_office.py`."""

import os
import uuid
from functools import partial
from pathlib import Path

import pytest
from front_office import FrontOffice

RIGHT = {"category": "undue_delay", "text": "Three weeks for an identity card."}
WRONG = {"category": "bad_weather", "text": "It rained."}


@pytest.fixture
def office(tmp_path: Path) -> partial[FrontOffice]:
    """An office that can be opened again: a source of its own, so that it meets no other test's answers."""
    kafka = os.environ.get("KAFKA") or pytest.fail("set KAFKA=HOST:PORT, as `make up` prints it", pytrace=False)
    journal, source = str(tmp_path / "journal.db"), f"urn:test:{uuid.uuid4()}"
    return partial(FrontOffice, kafka, journal, source, os.environ.get("PREFIX", ""))


def test_what_is_right_is_accepted_and_what_is_wrong_is_refused_by_field(office: partial[FrontOffice]) -> None:
    opened = office()
    right, wrong = opened.take_in(RIGHT), opened.take_in(WRONG)
    answers = {answer["submission"]: answer for answer in opened.answers()}
    assert answers[right]["complaint_id"]
    assert [problem["field"] for problem in answers[wrong]["problems"]] == ["category"]
    assert opened.unanswered() == []


def test_an_office_that_dies_after_sending_finds_its_one_answer_later(office: partial[FrontOffice]) -> None:
    died = office()
    made = died.take_in(RIGHT)
    died.send()
    del died
    assert [answer["submission"] for answer in office().answers()] == [made]
