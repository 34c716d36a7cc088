"""Contacts: normal forms, and voices that can be counted but not recognised."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.rules import contact
from shared.events.frontoffice import Contact

KEY, OTHER = bytes(32), bytes([1]) * 32
DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("nik", "valid"),
    [
        pytest.param("1871012908850001", True, id="a man's"),
        pytest.param("1871016908850001", True, id="a woman's day is raised by 40"),
        pytest.param("1871012902880001", True, id="29 February: the century is not known"),
        pytest.param("1871013002880001", False, id="30 February"),
        pytest.param("1871017208850001", False, id="day 72"),
        pytest.param("1871014008850001", False, id="day 40 is nobody's"),
        pytest.param("1871010008850001", False, id="day 0"),
        pytest.param("1871012913850001", False, id="month 13"),
        pytest.param("1871012900850001", False, id="month 0"),
        pytest.param("1871012908850000", False, id="serial 0000"),
        pytest.param("1071012908850001", False, id="province 10"),
        pytest.param("1800012908850001", False, id="regency 00"),
        pytest.param("1871002908850001", False, id="district 00"),
        pytest.param("187101290885001", False, id="15 digits"),
        pytest.param("١871012908850001", False, id="a digit of another script"),
    ],
)
def test_a_nik_has_a_region_and_a_real_birth_date(nik: str, valid: bool) -> None:
    assert contact.valid_nik(nik) is valid


@pytest.mark.parametrize(
    "written", ["0812-3456-7890", "+62 812 3456 7890", "(0812) 3456 7890", "6281234567890", "+6281234567890"]
)
def test_a_phone_number_has_one_form_however_it_is_written(written: str) -> None:
    assert contact.e164(written) == "+6281234567890"


@pytest.mark.parametrize("written", ["postmaster,putri@example.org", "<putri@example.org>", '"putri@example.org'])
def test_what_is_no_single_mail_address_is_refused_by_name(written: str) -> None:
    """Weaker: the code that opens the case goes to another mailbox."""
    (problem,) = contact.problems(Contact(email=written))
    assert problem.field == "contact.email"
    assert written not in problem.problem


@pytest.mark.parametrize("written", ["12345", "++++++", "0000000000"])
def test_what_is_no_phone_number_is_refused_by_name(written: str) -> None:
    (problem,) = contact.problems(Contact(phone=written))
    assert problem.field == "contact.phone"
    assert written not in problem.problem


@given(st.dates(date(1930, 1, 1), date(2025, 1, 1)), st.booleans(), st.integers(1, 9999))
def test_every_birth_date_makes_a_valid_nik(born: date, woman: bool, serial: int) -> None:
    assert contact.valid_nik(f"187101{born.day + 40 * woman:02}{born:%m%y}{serial:04}")


@given(st.emails())
def test_an_address_is_one_voice_in_small_and_capital_letters(email: str) -> None:
    upper = email.upper()
    if upper.lower() == email.lower():
        voices = {contact.voice(Contact.model_construct(email=each)) for each in (email, upper)}
        assert len(voices) == 1


def test_the_nik_speaks_before_the_phone_and_the_phone_before_the_address() -> None:
    everything = {"nik": "1871012908850001", "phone": "081234567890", "email": "Siti@Example.org"}
    assert contact.voice(Contact(**everything)) == "nik:1871012908850001"
    assert contact.voice(Contact(**{**everything, "nik": None})) == "phone:+6281234567890"
    assert contact.voice(Contact(email="Siti@Example.org")) == "email:siti@example.org"
    assert contact.voice(Contact(name="Siti")) is None


def test_a_reference_ties_a_citizen_together_within_a_quarter_only() -> None:
    who = "nik:1871012908850001"
    assert contact.reporter_ref(KEY, date(2026, 10, 1), who) == contact.reporter_ref(KEY, date(2026, 12, 31), who)
    assert contact.reporter_ref(KEY, date(2026, 9, 30), who) != contact.reporter_ref(KEY, date(2026, 10, 1), who)
    assert contact.reporter_ref(KEY, DAY, who) != contact.reporter_ref(OTHER, DAY, who)


def test_reports_without_a_contact_share_one_reference_a_quarter() -> None:
    assert contact.reporter_ref(KEY, DAY, None) == contact.reporter_ref(KEY, DAY, None)
    assert contact.reporter_ref(KEY, DAY, None) != contact.reporter_ref(KEY, DAY, "nik:1871012908850001")


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)])
def test_quarters_are_those_of_the_calendar(month: int, quarter: int) -> None:
    assert contact.quarter(date(2026, month, 1)) == f"2026Q{quarter}"


def test_the_vault_keeps_normal_forms() -> None:
    kept = contact.reporter(UUID(int=1), Contact(name=" Siti ", phone="0812 3456 7890", email="S@X.ID", language="en"))
    assert (kept.name, kept.phone, kept.email, kept.language) == ("Siti", "+6281234567890", "s@x.id", "en")


def test_a_name_that_is_not_text_is_refused() -> None:
    assert [p.field for p in contact.problems(Contact(name="a\0b"))] == ["contact.name"]
