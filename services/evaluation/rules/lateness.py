"""How late a service record is against its standard (minutes, or hari kerja)."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil

from services.evaluation.model.words import Lateness
from shared.clock import WorkingDays
from shared.events.complaints import StandardUnit

SHORTFALL = {Lateness.ON_TIME: Fraction(0), Lateness.SLIGHTLY: Fraction(1, 2), Lateness.LATE: Fraction(1)}


def lateness(used: int, standard: int, unit: StandardUnit, grace: Fraction) -> Lateness:
    """On time, late by at most the grace, or later. `used` is net time in the standard's unit."""
    if used <= standard:
        return Lateness.ON_TIME
    return Lateness.SLIGHTLY if used <= standard + allowance(standard, unit, grace) else Lateness.LATE


def allowance(standard: int, unit: StandardUnit, grace: Fraction) -> Fraction:
    """The grace in the standard's unit; working days are rounded up to whole ones."""
    exact = standard * grace
    return Fraction(ceil(exact)) if unit is StandardUnit.WORKING_DAYS else exact


def grace_ends(
    deadline: datetime, last_day: date, standard: int, unit: StandardUnit, grace: Fraction, calendar: WorkingDays
) -> datetime:
    """Until when an unfinished request counts as slightly late. `last_day` is the local day of its deadline."""
    allowed = allowance(standard, unit, grace)
    if unit is StandardUnit.WORKING_DAYS:
        return calendar.end_of(calendar.plus(last_day, int(allowed)))
    return deadline + timedelta(seconds=int(allowed * 60))
