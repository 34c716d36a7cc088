"""Whom a complaint without a request number may be about: who was on duty there and then. A person confirms it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from services.complaints.model.duties import Duty
from shared.clock import WorkingDays
from shared.errors import FieldError

LONGEST_WINDOW = timedelta(days=31)
"""Of what is asked for: more than the month in which a complaint may come says nothing about anybody."""
MOMENT = timedelta(microseconds=1)


def shares(duties: Sequence[Duty], since: datetime, until: datetime) -> tuple[dict[UUID, Fraction], Fraction]:
    """Each officer's part of the time in which anybody was on duty, and that time's part of the window.

    A moment that n officers share counts 1/n for each. So the parts add up to 1, and are none where nobody was on
    duty: the citizen was served by somebody, and a gap in the roster makes nobody likelier.
    """
    parts: dict[UUID, Fraction] = {}
    for start, end in pairwise(_cuts(duties, since, until)):
        there = {duty.employee_id for duty in duties if duty.since <= start and end <= duty.until}
        for officer in there:
            parts[officer] = parts.get(officer, Fraction()) + Fraction((end - start) // MOMENT, len(there))
    covered = sum(parts.values(), Fraction())
    return {officer: part / covered for officer, part in parts.items()}, covered / ((until - since) // MOMENT)


def _cuts(duties: Sequence[Duty], since: datetime, until: datetime) -> list[datetime]:
    """The moments at which somebody comes or goes, and the window's ends."""
    moments = {moment for duty in duties for moment in (duty.since, duty.until)}
    return sorted({since, until, *(moment for moment in moments if since < moment < until)})


def likeliest_first(parts: dict[UUID, Fraction]) -> list[tuple[UUID, Fraction]]:
    """The candidates in an order that is the same for everybody who asks."""
    return sorted(parts.items(), key=lambda each: (-each[1], each[0]))


def window(
    day: date, since: datetime | None, until: datetime | None, days: WorkingDays
) -> tuple[datetime, datetime] | FieldError:
    """The window asked for, else the local day of the complaint; or what is wrong with it."""
    if (since is None) is not (until is None):
        return FieldError("query.until" if until is None else "query.since", "is missing: give both ends, or none")
    if since is None or until is None:
        return days.end_of(day - timedelta(days=1)), days.end_of(day)
    if until <= since:
        return FieldError("query.until", "must lie after since")
    if until - since > LONGEST_WINDOW:
        return FieldError("query.until", f"must lie within {LONGEST_WINDOW.days} days of since")
    return since, until
