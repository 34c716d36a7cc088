"""Receipt codes: readable over a telephone, equal however they are typed, never stored."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.rules.receipt import CROCKFORD, PAGES, page, receipt_code, receipt_hash

KEY = bytes(range(32))


@given(st.uuids())
def test_a_code_is_four_groups_of_four_unmistakable_characters(complaint_id: UUID) -> None:
    code = receipt_code(KEY, complaint_id)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert set(code) <= {*CROCKFORD, "-"}
    assert code == receipt_code(KEY, complaint_id)


@given(st.uuids(), st.integers(0, 2**16 - 1))
def test_a_code_is_the_same_however_it_is_typed(complaint_id: UUID, choices: int) -> None:
    code = receipt_code(KEY, complaint_id)
    misread = {"0": "Oo", "1": "iL"}
    letters = [misread.get(c, c.lower())[-1] if choices >> i & 1 else c for i, c in enumerate(code.replace("-", ""))]
    assert receipt_hash(" ".join(letters)) == receipt_hash(code)


@given(st.uuids(), st.uuids())
def test_codes_of_different_complaints_or_keys_differ(one: UUID, other: UUID) -> None:
    if one != other:
        assert receipt_hash(receipt_code(KEY, one)) != receipt_hash(receipt_code(KEY, other))
    assert receipt_code(KEY, one) != receipt_code(bytes(32), one)


def test_the_code_of_a_complaint_never_changes() -> None:
    assert receipt_code(KEY, UUID(int=4711)) == receipt_code(KEY, UUID("00000000-0000-0000-0000-000000001267"))


def test_a_number_is_written_highest_digit_first_over_the_whole_alphabet() -> None:
    seen = {c for n in range(200) for c in receipt_code(KEY, UUID(int=n))}
    assert seen == {*CROCKFORD, "-"}


@pytest.mark.parametrize("language", PAGES)
def test_a_printed_receipt_says_the_code_and_when_and_fits_a_page(language: str) -> None:
    code = receipt_code(KEY, UUID(int=1))
    lines = page(code, datetime(2026, 3, 2, 9, 15, tzinfo=UTC), language).splitlines()
    assert sum(code in line for line in lines) == 1
    assert sum("02/03/2026 09:15" in line for line in lines) == 1
    assert len(lines) <= 20
    assert all(len(line) <= 80 for line in lines)
