"""Quarters: the window is this quarter and the three before; the one before those only sets a day's cap."""

from datetime import date, timedelta

WINDOW = 4


def quarter_of(day: date) -> str:
    """`"2026-Q3"`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_start(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarters_back(day: date, count: int) -> date:
    """The first day of the quarter that lies `count` quarters before a day's own."""
    start = quarter_start(day)
    for _ in range(count):
        start = quarter_start(start - timedelta(days=1))
    return start


def window_start(day: date) -> date:
    """The first day of the window that ends with `day`."""
    return quarters_back(day, WINDOW - 1)


def year_before(day: date) -> date:
    """The same day a year before (of a leap day the 28th): the 12 months that end with `day` begin on the next."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
