"""Letters: `templates/<what>.<language>.txt`, whose first line is the subject, in the frame `letter.<language>.txt`."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError, meta

from services.notifications.channels.wording import Wording
from services.notifications.model.deliveries import Contact, Delivery, Message
from services.notifications.model.documents import Preview, TemplateShown
from services.notifications.model.policies import NoticesPolicy
from services.notifications.model.whats import KINDS, What, made_up
from services.notifications.model.words import Audience, Language, Medium
from shared.errors import SetupError

TEMPLATES = Path(__file__).parent.parent / "templates"
LANGUAGES = tuple(language.value for language in Language)
FRAME = "letter"
OF_ALL = {"district", "greeted"}
OF_THE_FRAME = OF_ALL | {"audience", "first", "body"}
OF_THE_FIRST_MESSAGE = {What.RECEIVED: {"receipt_code"}}
NAME = re.compile(r"[^\W\d_][\w .,'’-]{0,59}")
READER, CODE = "Putri Ayu", "SLR-1234-5678"
"""Made up, for previews."""


class Letters:
    """Writes messages in the recipient's language, with local times."""

    def __init__(self, district: str, zone: ZoneInfo, folder: Path | None = None) -> None:
        self._district, self._zone, self._folder = district, zone, folder or TEMPLATES

    def write(self, delivery: Delivery, contact: Contact, *, first: bool = False) -> Message:
        """A message for one channel; `first` explains to a civil servant what an evaluation is.

        Raises ValueError, LookupError or TemplateError where it can't be written.
        """
        language = contact.language if contact.language in LANGUAGES else LANGUAGES[0]
        kept = delivery.channel is Medium.INBOX
        name = None if kept and delivery.audience is Audience.CITIZEN else greeted(contact.name)
        code = None if kept else contact.receipt_code
        subject, text = self._written(delivery.what, language, delivery.facts, name, code, first)
        address = str(delivery.recipient) if kept else str(contact.email)
        version = self._version(delivery.what, language)
        return Message(delivery.delivery_id, address, language, subject, text, version)

    def preview(self, what: What, language: Language) -> Preview:
        """A letter with made-up facts, as its reader would get it; of evaluations as the first one."""
        subject, text = self._written(what, language, made_up(what), READER, CODE, KINDS[what].evaluates)
        version = self._version(what, language)
        return Preview(what=what, language=language, version=version, subject=subject, text=text)

    def shown(self, notices: NoticesPolicy) -> list[TemplateShown]:
        """All templates, by name and language."""
        return [
            TemplateShown(
                what=what,
                language=language,
                audience=KINDS[what].audience,
                courtesy=what in notices.courtesy,
                version=self._version(what, language),
                fields=sorted(self._fields(what)),
            )
            for what in sorted(What)
            for language in Language
        ]

    def check(self) -> None:
        """Refuse templates that can't be written. Raises SetupError naming the file and what is wrong with it."""
        known = {f"{what}.{language}.txt": self._fields(what) for what in What for language in LANGUAGES}
        known |= {f"{FRAME}.{language}.txt": OF_THE_FRAME for language in LANGUAGES}
        there = set(self._templates.list_templates(extensions=["txt"]))
        for file in sorted(known.keys() - there):
            raise SetupError(f"{self._folder}: {file} is missing: a letter needs a template in each language")
        for file in sorted(there - known.keys()):
            raise SetupError(f"{self._folder}: {file} is the template of no letter")
        for file, fields in known.items():
            self._check(file, fields)

    def warm(self) -> None:
        """Compile every template, so that the first letter is as quick as the others."""
        for name in self._templates.list_templates(extensions=["txt"]):
            self._templates.get_template(name)

    def _check(self, file: str, fields: set[str]) -> None:
        try:
            used = meta.find_undeclared_variables(self._templates.parse(self._source(file)))
        except TemplateSyntaxError as error:
            raise SetupError(f"{self._folder}: {file}, line {error.lineno}: {error.message}") from error
        for field in sorted(used - fields):
            may = ", ".join(sorted(fields))
            raise SetupError(f"{self._folder}: {file} has an unknown field `{field}`; it may say {may}")

    def _written(
        self, what: What, language: str, facts: Mapping[str, str], name: str | None, code: str | None, first: bool
    ) -> tuple[str, str]:
        """Subject and text."""
        of_all = {"district": self._district, "greeted": name}
        own = {"receipt_code": code} if what in OF_THE_FIRST_MESSAGE else {}
        said = self._wordings[language].said(facts)
        template = self._templates.get_template(f"{what}.{language}.txt").render(**said, **of_all, **own)
        subject, _, body = template.partition("\n")
        frame = self._templates.get_template(f"{FRAME}.{language}.txt")
        text = frame.render(**of_all, audience=KINDS[what].audience.value, first=first, body=body.strip())
        return subject.strip(), text.strip() + "\n"

    def _fields(self, what: What) -> set[str]:
        said = self._wordings[LANGUAGES[0]].said(made_up(what))
        return said.keys() | OF_ALL | OF_THE_FIRST_MESSAGE.get(what, set())

    def _version(self, what: What, language: str) -> str:
        """Of all that a letter is written by: nobody can forget to raise it."""
        if (what, language) not in self._versions:
            sources = [self._source(f"{name}.{language}.txt") for name in (what, FRAME)]
            words = json.dumps(self._words[language], sort_keys=True)
            self._versions[what, language] = hashlib.sha256("\0".join([*sources, words]).encode()).hexdigest()[:12]
        return self._versions[what, language]

    def _source(self, file: str) -> str:
        return (self._folder / file).read_text()

    @cached_property
    def _versions(self) -> dict[tuple[str, str], str]:
        return {}

    @cached_property
    def _templates(self) -> Environment:
        # Plain text: there is nothing to escape.
        loader = FileSystemLoader(self._folder)
        return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701

    @cached_property
    def _words(self) -> dict[str, Any]:
        return dict(yaml.load((self._folder / "words.yaml").read_text(), yaml.CSafeLoader))

    @cached_property
    def _wordings(self) -> dict[str, Wording]:
        return {language: Wording(language, self._words[language], self._zone) for language in LANGUAGES}


def greeted(name: str | None) -> str | None:
    """A name that can be a name, else none: whoever files could otherwise have us mail any text to anybody."""
    tidy = " ".join((name or "").split())
    return tidy if NAME.fullmatch(tidy) and ".." not in tidy and "www." not in tidy.lower() else None
