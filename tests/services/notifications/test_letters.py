"""Every letter can be written in both languages, and says nothing it must not say."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.notifications.channels.letters import LANGUAGES, Letters, greeted
from services.notifications.model.deliveries import Contact, Delivery, Message
from services.notifications.model.whats import KINDS, What, made_up
from services.notifications.model.words import Audience, Medium

NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
RECIPIENT = UUID(int=7)
CITIZENS = [what for what, kind in KINDS.items() if kind.audience is Audience.CITIZEN]
LETTERS = Letters("Kecamatan Salor", ZoneInfo("Asia/Jakarta"))


def write(what: What, language: str, medium: Medium = Medium.EMAIL, **facts: str) -> Message:
    given = {**made_up(what), **facts}
    delivery = Delivery(UUID(int=1), UUID(int=2), "e", what, KINDS[what].audience, RECIPIENT, medium, given, 0, NOW)
    return LETTERS.write(delivery, Contact(language, "Ani Lestari", "ani@example.org", "SLR-CODE"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", list(What))
def test_every_letter_is_written_in_both_languages(what: What, language: str) -> None:
    message = write(what, language)
    assert message.subject
    assert "\n" not in message.subject
    assert "Kecamatan Salor" in message.text
    assert message.text.startswith("Yth. Ani Lestari" if language == "id" else "Dear Ani Lestari")
    assert "\n\n\n" not in message.text
    assert message.address == "ani@example.org"


def test_times_and_weaknesses_are_said_in_the_language_of_the_recipient() -> None:
    indonesian, english = (write(What.ENROLLED, language).text for language in LANGUAGES)
    assert "Kamis, 19 Maret 2026 pukul 09.00 WIB" in indonesian
    assert "Thursday, 19 March 2026 at 09:00 WIB" in english
    assert "layanan ktp, ketepatan waktu pada umumnya" in write(What.NEED, "id").text


@pytest.mark.parametrize(
    ("language", "said"),
    [("id", "pada Minggu, 1 Februari 2026: 1.200 jam"), ("en", "on Sunday, 1 February 2026: 1,200 learning hours")],
)
def test_days_and_numbers_are_written_as_in_the_language_of_the_recipient(language: str, said: str) -> None:
    assert said in write(What.COMPLETED, language, completed_on="2026-02-01", jp="1200").text


def test_a_need_without_a_course_is_told_as_such() -> None:
    assert "belum ada pelatihan yang sesuai" in write(What.WAITLISTED, "id", course="").text


def test_the_receipt_code_and_a_citizens_name_go_by_mail_and_are_kept_in_no_inbox() -> None:
    assert "SLR-CODE" in write(What.RECEIVED, "id").text
    kept = write(What.RECEIVED, "id", Medium.INBOX)
    assert "SLR-CODE" not in kept.text
    assert "Ani" not in kept.text
    assert kept.address == str(RECIPIENT)


@pytest.mark.parametrize("what", sorted(CITIZENS))
def test_the_citizen_reads_no_result_about_a_person(what: What) -> None:
    for language in LANGUAGES:
        text = write(what, language).text.lower()
        assert not {"pelatihan", "training", "nilai", "score", "kejadian tunggal"} & set(text.replace(",", " ").split())


def test_an_unknown_language_is_indonesian() -> None:
    assert write(What.EXAMINED, "nl").language == "id"


@pytest.mark.parametrize("name", ["Menangkan hadiah di www.jahat.example", "x" * 61, "http://a.b", "", "  ", None, "7"])
def test_what_is_no_name_is_not_repeated_in_a_mail_to_whoever_was_given_as_the_reporter(name: str | None) -> None:
    assert greeted(name) is None


@pytest.mark.parametrize("name", ["Ani", "Siti Nur'aini, S.Pd.", "José  Ñúñez", "I Gusti Ngurah-Rai"])
def test_names_of_people_are_greeted(name: str) -> None:
    assert greeted(name) == " ".join(name.split())
