"""Templates are checked at start, have versions, and can be looked at."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.notifications import timers
from services.notifications.app import service
from services.notifications.channels.letters import TEMPLATES, Letters
from services.notifications.model.whats import KINDS, What
from services.notifications.model.words import Language
from services.notifications.settings import NotificationSettings
from shared.errors import SetupError
from tests.services.notifications.office import World
from tests.services.notifications.test_channels import SETTINGS
from tests.services.notifications.test_first_letter import EXPLAINS
from tests.services.notifications.test_rules import filed

VERSIONS = "SELECT DISTINCT what, template FROM delivery WHERE state = 'accepted'"


def letters(folder: Path | None = None) -> Letters:
    return Letters("Kecamatan Salor", ZoneInfo("Asia/Jakarta"), folder)


SHIPPED = letters()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the templates."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def test_what_is_shipped_is_whole() -> None:
    letters().check()


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        (
            "closed.en.txt",
            "Closed\n{{ reason }}\n",
            "closed.en.txt has an unknown field `reason`; it may say district",
        ),
        ("received.id.txt", "Halo {{ employee_name }}\n", "received.id.txt has an unknown field `employee_name`"),
        ("letter.id.txt", "{{ receipt_code }}", "letter.id.txt has an unknown field `receipt_code`"),
        ("closed.en.txt", "Closed\n{% if why %}\n", "closed.en.txt, line"),
        ("closed.en.txt", None, "closed.en.txt is missing: a letter needs a template in each language"),
        ("letter.en.txt", None, "letter.en.txt is missing"),
        ("clsoed.en.txt", "Closed\n", "clsoed.en.txt is the template of no letter"),
    ],
)
def test_a_template_that_can_not_be_written_is_refused_by_name(
    folder: Path, file: str, text: str | None, why: str
) -> None:
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text)
    with pytest.raises(SetupError, match="templates") as refused:
        letters(folder).check()
    assert why in str(refused.value)


def test_a_version_changes_with_all_that_the_letter_is_written_by_and_with_nothing_else(folder: Path) -> None:
    def versions() -> dict[What, str]:
        now = letters(folder)
        return {what: now.preview(what, Language.ENGLISH).version for what in What}

    before = versions()
    (folder / "closed.en.txt").write_text("Closed\nIt is closed.\n")
    after = versions()
    assert {what for what in What if after[what] != before[what]} == {What.CLOSED}
    frame = folder / "letter.en.txt"
    frame.write_text(frame.read_text().replace("Kind regards", "Yours"))
    assert not set(versions().values()) & set(after.values())


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("what", list(What))
def test_every_letter_has_a_preview_with_nothing_left_open(what: What, language: Language) -> None:
    shown = SHIPPED.preview(what, language)
    assert shown.subject
    assert "\n" not in shown.subject
    assert ": ." not in shown.text
    assert "{" not in shown.text + shown.subject
    assert any(words in shown.text for words in EXPLAINS) is KINDS[what].evaluates


async def test_each_delivery_keeps_the_version_that_it_was_written_by(world: World) -> None:
    await world.bench.events([filed()])
    await world.run()
    version = letters().preview(What.RECEIVED, Language.INDONESIAN).version
    assert [tuple(row) for row in await world.bench.pool.fetch(VERSIONS)] == [("received", version)]


def test_a_service_checks_its_templates_before_it_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notifications.channels.letters.TEMPLATES", folder)
    (folder / "answered.en.txt").unlink()
    assert service.prepare is timers.check_templates
    given = {**SETTINGS, "database_url": "", "kafka": "", "issuer": ""}
    with pytest.raises(SetupError, match=r"answered\.en\.txt is missing"):
        timers.letters(NotificationSettings.model_validate(given)).check()
