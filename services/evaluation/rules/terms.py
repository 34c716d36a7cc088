"""The terms of a result: to reply, to decide, to object. Days are local, each the last in time."""

from datetime import date, datetime, timedelta

from services.evaluation.model.decisions import DecisionPolicy, Objection, Terms
from services.evaluation.rules.triggering import hidden_id
from shared.clock import WorkingDays


def terms(shown_on: date, category: str, policy: DecisionPolicy, calendar: WorkingDays) -> Terms:
    """The terms of a revision that shows from a day on, of a complaint's category."""
    reply_until = calendar.plus(shown_on, policy.reply_working_days)
    silent = category in policy.silence.categories
    return Terms(
        reply_until=reply_until,
        decide_until=calendar.plus(reply_until, policy.decide_working_days),
        silent_until=calendar.plus(shown_on, policy.silence.working_days) if silent else None,
    )


def objection_until(received_on: date, policy: DecisionPolicy) -> date:
    """The last day to object (PP 30/2019 art. 59): calendar days from the day of receipt, which does not count."""
    return received_on + timedelta(days=policy.objection_days)


def filed_objection(
    about: str, reasons: str, now: datetime, calendar: WorkingDays, policy: DecisionPolicy
) -> Objection:
    """An objection with its terms, which begin on the local day of `now`; `about` names what it is about."""
    today = calendar.local_day(now)
    return Objection(
        objection_id=hidden_id(today, f"objection {about}"),
        filed_at=now,
        reasons=reasons,
        statement_until=calendar.plus(today, policy.statement_working_days),
        due_on=calendar.plus(today, policy.objection_working_days),
        statement=None,
        decided_at=None,
    )


def decide_period_until(assessed_on: date, policy: DecisionPolicy, calendar: WorkingDays) -> date:
    """The last day to set the predicate of a period that was assessed on a day."""
    return calendar.plus(assessed_on, policy.decide_period_working_days)


def period_silent_until(assessed_on: date, policy: DecisionPolicy, calendar: WorkingDays) -> date | None:
    """The last day before silence confirms a period's predicate; none where it never does."""
    silent = policy.silence.period_working_days
    return None if silent is None else calendar.plus(assessed_on, silent)
