"""Letters: `templates/<what>.<language>.txt`, whose first line is the subject."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notifications.model import Audience, Contact, Delivery, Medium, Message

TEMPLATES = Path(__file__).parent.parent / "templates"
LANGUAGES = ("id", "en")
NAME = re.compile(r"[^\W\d_][\w .,'’-]{0,59}")


class Letters:
    """Writes messages in the recipient's language, with local times."""

    def __init__(self, district: str, zone: ZoneInfo) -> None:
        self._district, self._zone = district, zone

    def write(self, delivery: Delivery, contact: Contact) -> Message:
        """A message for one channel. Raises ValueError, LookupError or TemplateError where it can't be written."""
        language = contact.language if contact.language in LANGUAGES else LANGUAGES[0]
        kept = delivery.channel is Medium.INBOX
        text = self._templates.get_template(f"{delivery.what}.{language}.txt").render(
            **self._said(delivery.facts, language),
            district=self._district,
            greeted=None if kept and delivery.audience is Audience.CITIZEN else greeted(contact.name),
            receipt_code=None if kept else contact.receipt_code,
        )
        subject, _, body = text.partition("\n")
        address = str(delivery.recipient) if kept else str(contact.email)
        return Message(delivery.delivery_id, address, language, subject.strip(), body.strip() + "\n")

    def warm(self) -> None:
        """Compile every template, so that the first letter is as quick as the others, and a broken one is seen."""
        for name in self._templates.list_templates(extensions=["txt"]):
            self._templates.get_template(name)

    def _said(self, facts: Mapping[str, str], language: str) -> dict[str, Any]:
        """The facts in words: tests, courses, times."""
        words = self._words[language]
        tests = [test.strip() for test in facts.get("tests", facts.get("test", "")).split(",") if test.strip()]
        starts_at = facts.get("starts_at")
        return {
            **facts,
            "weakness": ", ".join(words["tests"].get(test, words["service"].format(test)) for test in tests),
            "course": facts.get("course", "").replace("-", " "),
            "outcome": words["outcomes"].get(facts.get("outcome", ""), ""),
            "starts": _local(datetime.fromisoformat(starts_at), self._zone, words) if starts_at else "",
        }

    @cached_property
    def _templates(self) -> Environment:
        # Plain text: there is nothing to escape.
        loader = FileSystemLoader(TEMPLATES)
        return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701

    @cached_property
    def _words(self) -> dict[str, Any]:
        return dict(yaml.safe_load((TEMPLATES / "words.yaml").read_text()))


def greeted(name: str | None) -> str | None:
    """A name that can be a name, else none: whoever files could otherwise have us mail any text to anybody."""
    tidy = " ".join((name or "").split())
    return tidy if NAME.fullmatch(tidy) and ".." not in tidy and "www." not in tidy.lower() else None


def _local(moment: datetime, zone: ZoneInfo, words: Mapping[str, Any]) -> str:
    """`Kamis, 19 Maret 2026 pukul 09.00 WIB`."""
    at = moment.astimezone(zone)
    day, month = words["days"][at.weekday()], words["months"][at.month - 1]
    form: str = words["moment"]
    return form.format(day=day, date=at.day, month=month, year=at.year, time=at, zone=at.tzname())
