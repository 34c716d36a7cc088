"""Learning hours (JP): PP 11/2017 (PNS at least 20 a year), PP 49/2018 (PPPK at most 24 a contract year)."""

from uuid import UUID

from services.training.model.learning import Learning
from services.training.model.policies import LearningPolicy
from shared.events.directory import Employment


def learning(
    employee_id: UUID, year: int, status: Employment, completed: int, booked: int, policy: LearningPolicy
) -> Learning:
    """What was taken and booked in a year, and what is short of the least or left of the most."""
    pns = status is Employment.PNS
    return Learning(
        employee_id=employee_id,
        year=year,
        status=status,
        completed=completed,
        booked=booked,
        short=max(0, policy.pns_least - completed) if pns else None,
        left=None if pns else max(0, policy.pppk_most - completed - booked),
        policy_version=policy.version,
    )


def too_much(known: Learning, jp: int) -> bool:
    """Whether a course of `jp` hours would pass the most that a PPPK may take."""
    return known.left is not None and jp > known.left
