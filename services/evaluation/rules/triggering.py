"""Whether a complaint opens an evaluation by itself, and if not, why; which incident it belongs to."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.words import Reason
from services.evaluation.rules.window import quarter_start
from shared.events.complaints import Trigger, Visibility
from shared.messaging.tx import derived_id

STRICTEST = (Visibility.OPEN, Visibility.ANONYMOUS, Visibility.CONFIDENTIAL)


def reason_against(
    trigger: Trigger, part: str | None, employee: UUID | None, policy: ScoringPolicy, *, verified: bool = False
) -> Reason | None:
    """The reason not to evaluate now; the lasting ones first."""
    if trigger is Trigger.NEVER:
        return Reason.NEVER
    if trigger is Trigger.AFTER_VERIFICATION and not verified:
        return Reason.AFTER_VERIFICATION
    if part is None:
        return Reason.NO_PART
    if part not in policy.complaints.parts:
        return Reason.NOT_JUDGED
    return Reason.EMPLOYEE_UNKNOWN if employee is None else None


def incident_id(employee: UUID, part: str, day: date) -> UUID:
    """Complaints about one officer, one part and one day are one incident, whatever order they come in."""
    return hidden_id(day, f"incident {employee} {part} {day}")


def hidden_id(day: date, seed: str) -> UUID:
    """A derived id that tells no more of its time than the quarter: an employee may read it (no reporter shows)."""
    return derived_id(datetime.combine(quarter_start(day), time(), UTC), seed.encode())


def stricter(one: Visibility, other: Visibility) -> Visibility:
    """The stricter of two visibilities: an incident is shown as its most protected complaint."""
    return max(one, other, key=STRICTEST.index)
