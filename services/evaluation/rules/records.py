"""Attendance, learning hours and innovations of the 12 months before a day, as the direct parts count them."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.evaluation.model.policy import DirectNumbers
from services.evaluation.model.words import Attended, Learned, Proposed
from services.evaluation.rules.window import year_before


def absent_days(months: Sequence[Attended], today: date) -> int | None:
    """Days of unexcused absence; none where attendance of no month is known."""
    after = year_before(today)
    known = [one for one in months if one.month <= today and _following(one.month) > after + timedelta(days=1)]
    return len({day for one in known for day in one.absent_on if after < day <= today}) if known else None


def learning(learned: Sequence[Learned] | None, numbers: DirectNumbers | None, today: date) -> int | None:
    """Learning hours; none of those who owe none, and while the book of hours does not cover 12 months."""
    after = year_before(today)
    if learned is None or numbers is None or after < numbers.learning.kept_since - timedelta(days=1):
        return None
    return sum(one.hours for one in learned if after < one.day <= today)


def best(proposed: Sequence[Proposed], today: date) -> tuple[int, ...]:
    """The criteria of the best proposal; nothing where there is none."""
    after = year_before(today)
    rated = [one.criteria for one in proposed if after < one.day <= today]
    return max(rated, key=lambda criteria: (sum(criteria), criteria)) if rated else ()


def _following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)
