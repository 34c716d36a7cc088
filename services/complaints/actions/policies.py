"""The numbers in force on a local day."""

from datetime import date, datetime

from services.complaints.model.policies import (
    CalendarPolicy,
    CategoriesPolicy,
    ClocksPolicy,
    CorrectionsPolicy,
    FilingPolicy,
    HandlingPolicy,
    RetentionPolicy,
)
from shared.clock import WorkingDays
from shared.messaging.tx import Tx


def local_day(tx: Tx, moment: datetime) -> date:
    """The local day of a moment."""
    day: date = moment.astimezone(tx.settings.zone).date()
    return day


def filing_policy(tx: Tx, on: date) -> FilingPolicy:
    """What filings must keep to."""
    return tx.policies.in_force(FilingPolicy, "filing", on)


def categories(tx: Tx, on: date) -> CategoriesPolicy:
    """The taxonomy."""
    return tx.policies.in_force(CategoriesPolicy, "categories", on)


def calendar(tx: Tx) -> CalendarPolicy:
    """What decrees have changed about the calendar, as it is known today."""
    return tx.policies.in_force(CalendarPolicy, "calendar", local_day(tx, tx.now))


def working_days(tx: Tx) -> WorkingDays:
    """The calendar as it is known today."""
    known = calendar(tx)
    return WorkingDays(tx.settings.zone, closed=frozenset(known.closed), opened=frozenset(known.opened))


def clocks(tx: Tx, on: date) -> ClocksPolicy:
    """The terms of complaints that were filed on a day."""
    return tx.policies.in_force(ClocksPolicy, "clocks", on)


def retention(tx: Tx) -> RetentionPolicy:
    """How long the vault keeps who complained, today."""
    return tx.policies.in_force(RetentionPolicy, "retention", local_day(tx, tx.now))


def corrections(tx: Tx) -> CorrectionsPolicy:
    """How service records may be corrected, today."""
    return tx.policies.in_force(CorrectionsPolicy, "corrections", local_day(tx, tx.now))


def handling(tx: Tx) -> HandlingPolicy:
    """How cases are handled, today."""
    return tx.policies.in_force(HandlingPolicy, "handling", local_day(tx, tx.now))


def filing_policy_now(tx: Tx) -> FilingPolicy:
    """The same, today."""
    return filing_policy(tx, local_day(tx, tx.now))
