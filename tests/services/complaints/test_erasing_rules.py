"""What belongs to a reporter, in records that nobody could place."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.model.rows import Reporter
from services.complaints.rules.erasing import is_about

SITI = Reporter(
    complaint_id=UUID(int=1),
    name="Siti",
    nik="1871016908850001",
    phone="+6281234567890",
    email="siti@example.org",
    language="id",
)
NOBODY = replace(SITI, nik=None, phone=None, email=None)
SPELLINGS = (
    "081234567890",
    "0812-3456-7890",
    "+62 812 3456 7890",
    "(0812) 3456.7890",
    "62 81234567890",
    "+6281234567890",
)


def record(**contact: object) -> bytes:
    return json.dumps({"category": 7, "text": "x", "contact": contact}).encode()


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_phone_number_is_found_however_it_is_written(written: str) -> None:
    assert is_about(record(phone=written), SITI)
    assert is_about(f"not JSON, call {written} or 0813-1111-2222".encode(), SITI)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param(record(nik="1871016908850001"), True, id="the NIK"),
        pytest.param(record(nik=1871016908850001), True, id="the NIK as a number, which is why it is dead"),
        pytest.param(record(email="Siti@Example.ORG"), True, id="the address, in other letters"),
        pytest.param(rb'{"contact": {"email": "siti\u0040example.org"}}', True, id="the address, escaped"),
        pytest.param(json.dumps({"data": {"contact": {"nik": SITI.nik}}}).encode(), True, id="structured"),
        pytest.param(b'{"contact": {"nik": "1871016908850001", ', True, id="broken JSON"),
        pytest.param(b"\xff\xfe siti@example.org", True, id="no UTF-8"),
        pytest.param(b"[" * 100_000 + b'"siti@example.org"', True, id="nested too deeply"),
        pytest.param(record(name="Siti"), False, id="a name alone: many share it"),
        pytest.param(record(nik="1871016908850002", phone="081234567891"), False, id="somebody else"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_what_holds_a_reporters_data_is_found_and_nothing_else(value: bytes, found: bool) -> None:
    assert is_about(value, SITI) is found


@given(st.binary(max_size=200))
def test_a_reporter_without_a_contact_is_in_nothing(value: bytes) -> None:
    assert not is_about(value, NOBODY)


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_it_is_found_wherever_it_stands(document: object) -> None:
    assert is_about(json.dumps([document, {"x": SITI.email}]).encode(), SITI)
