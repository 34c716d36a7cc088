"""The numbers of the law and of the district, dated."""

from datetime import time
from typing import Annotated

from pydantic import Field

from shared.policy import Policy


class DisplayPolicy(Policy):
    """When an employee may see an enrolment that follows a complaint of a hidden reporter (local time)."""

    opening: time


class EnrolmentPolicy(Policy):
    """When a need is followed, and how often it gets another seat after one was missed."""

    waits_for_confirmation: bool
    seats_after_missing: Annotated[int, Field(ge=0)]


class LearningPolicy(Policy):
    """Learning hours (JP) of a year: the least that PNS take, and the most that PPPK may take."""

    pns_least: Annotated[int, Field(ge=1)]
    pppk_most: Annotated[int, Field(ge=1)]


KINDS: dict[str, type[Policy]] = {
    "display": DisplayPolicy,
    "enrolment": EnrolmentPolicy,
    "learning": LearningPolicy,
}
