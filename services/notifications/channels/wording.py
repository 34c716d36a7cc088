"""The facts of a letter in the words of one language: tests, courses, days and times."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo


class Wording:
    """The words of one language (`templates/words.yaml`) and the local time zone."""

    def __init__(self, words: Mapping[str, Any], zone: ZoneInfo) -> None:
        self._words, self._zone = words, zone

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
        words = self._words
        form: str = words["day"]
        return form.format(
            day=words["days"][day.weekday()], date=day.day, month=words["months"][day.month - 1], year=day.year
        )

    def _moment(self, moment: datetime) -> str:
        """`Kamis, 19 Maret 2026 pukul 09.00 WIB`."""
        at = moment.astimezone(self._zone)
        form: str = self._words["moment"]
        return form.format(day=self._day(at.date()), time=at, zone=at.tzname())
