"""Learning hours (JP): PP 11/2017 (PNS at least 20 a year), PP 49/2018 (PPPK at most 24 a contract year)."""

from calendar import isleap
from datetime import date, timedelta

from services.training.model.learning import Employed, Hours, Learning, Year
from services.training.model.policies import LearningPolicy
from shared.events.directory import Employment


def year_of(day: date, employed: Employed) -> Year:
    """The year that a day lies in: the contract's of a PPPK, the calendar's of everybody else.

    A contract that began on 29 February has its other years begin on the 28th. Of a day before the contract the year
    that ends with its eve: whoever was on a contract before had its years end there, too.
    """
    begins = employed.contract_since if employed.status is Employment.PPPK else None
    first = begins or date(day.year, 1, 1)
    since = _in(day.year, first)
    if since > day:
        since = _in(day.year - 1, first)
    return Year(since, _in(since.year + 1, first) - timedelta(days=1))


def _in(year: int, day: date) -> date:
    """The same day in another year."""
    gone = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if gone else day.day)


def learning(employed: Employed, year: Year, hours: Hours, policy: LearningPolicy) -> Learning:
    """What was taken and booked in a year, and what is short of the least or left of the most."""
    pns = employed.status is Employment.PNS
    return Learning(
        employee_id=employed.employee_id,
        year=year.since.year,
        since=year.since,
        until=year.until,
        status=employed.status,
        completed=hours.completed,
        booked=hours.booked,
        short=max(0, policy.pns_least - hours.completed) if pns else None,
        left=None if pns else max(0, policy.pppk_most - hours.completed - hours.booked),
        policy_version=policy.version,
    )


def too_much(known: Learning, jp: int) -> bool:
    """Whether a course of `jp` hours would pass the most that a PPPK may take."""
    return known.left is not None and jp > known.left
