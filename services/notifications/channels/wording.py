"""The facts of a letter in the words of one language: tests, courses, days, times and numbers.

How a language writes days, times and numbers is Unicode's to say (CLDR, by babel); ours are the words of the domain.
Nothing else imports babel: it costs 40 ms at the start of a process.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal


class Wording:
    """The words of one language (`templates/words.yaml`) and the local time zone."""

    def __init__(self, language: str, words: Mapping[str, Any], zone: ZoneInfo) -> None:
        self._language, self._words, self._zone = language, words, zone

    def said(self, facts: Mapping[str, str]) -> dict[str, str]:
        """What a template may say: a field for each fact. Raises ValueError where a fact is not what it should be."""
        return dict(self._field(fact, value) for fact, value in facts.items())

    def _field(self, fact: str, value: str) -> tuple[str, str]:
        match fact:
            case "test" | "tests":
                return "weakness", self._weakness(value)
            case "starts_at":
                return "starts", self._moment(datetime.fromisoformat(value))
            case "at":
                return "at", self._moment(datetime.fromisoformat(value))
            case "due_on" | "completed_on":
                return fact, self._day(date.fromisoformat(value))
            case "jp":
                return fact, format_decimal(int(value), locale=self._language)
            case "course":
                return fact, value.replace("-", " ")
            case "period":
                return fact, self._period(value)
            case "outcome" | "clock" | "why":
                return fact, self._words[fact].get(value, "")
            case _:
                return fact, value

    def _weakness(self, tests: str) -> str:
        words = self._words
        named = [test.strip() for test in tests.split(",") if test.strip()]
        return ", ".join(words["tests"].get(test, words["service"].format(test)) for test in named)

    def _period(self, period: str) -> str:
        """`2026-Q1`, or `2026`."""
        year, _, quarter = period.partition("-")
        form: str = self._words["periods"][quarter or "year"]
        return form.format(year)

    def _day(self, day: date) -> str:
        """`Kamis, 19 Maret 2026`."""
        return format_date(day, self._words["day"], locale=self._language)

    def _moment(self, moment: datetime) -> str:
        """`Kamis, 19 Maret 2026 pukul 09.00 WIB`. The zone says its own name: CLDR has `WIB` in Indonesian only."""
        at = moment.astimezone(self._zone)
        said = format_datetime(at, self._words["moment"], tzinfo=self._zone, locale=self._language)
        return f"{said} {at.tzname()}"
