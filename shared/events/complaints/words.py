"""Topics of the complaints service, and the words that its facts use."""

from enum import StrEnum

from shared.events.base import Topic

COMPLAINTS = Topic("complaints.v1", sender="complaints")
SERVICES = Topic("services.v1", sender="complaints")
RECEIPTS = Topic("receipts.v1", sender="complaints")


class Visibility(StrEnum):
    """Who may learn of a report: `anonim` hides the reporter, `rahasia` the report too."""

    OPEN = "open"
    ANONYMOUS = "anonim"
    CONFIDENTIAL = "rahasia"


class Trigger(StrEnum):
    """When a category of complaint triggers an evaluation (policy)."""

    AT_FILING = "at_filing"
    AFTER_VERIFICATION = "after_verification"
    NEVER = "never"


class StandardUnit(StrEnum):
    """What a service's processing standard is counted in: net minutes, or hari kerja."""

    MINUTES = "minutes"
    WORKING_DAYS = "working_days"


class Finding(StrEnum):
    """What the answer to a complaint found: terbukti, tidak terbukti, tidak dinilai."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    NOT_JUDGED = "not_judged"


class Clock(StrEnum):
    """The clocks of a complaint: verification, first answer, follow-up, closing by itself, and the longest of all."""

    VERIFICATION = "verification"
    FIRST_ANSWER = "first_answer"
    FOLLOW_UP = "follow_up"
    CLOSING = "closing"
    LIMIT = "limit"
