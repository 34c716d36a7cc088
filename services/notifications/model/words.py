"""Who is told, by which channel, and the states of a delivery with the verbs that move it."""

from enum import StrEnum


class Audience(StrEnum):
    """Who is told. A citizen is named by the complaint, never by an identity of their own."""

    CITIZEN = "citizen"
    EMPLOYEE = "employee"
    SUPERIOR = "superior"
    HANDLER = "handler"
    """Who handles a case, or has to see to it: never the officer concerned, nor that officer's superior."""


class Medium(StrEnum):
    """By which channel."""

    EMAIL = "email"
    INBOX = "inbox"


class Language(StrEnum):
    """The languages of letters; whoever asks for another gets the first."""

    INDONESIAN = "id"
    ENGLISH = "en"


class State(StrEnum):
    """A delivery's state. `sending`: marked just before the call, so a crash in between is known as such."""

    WAITING = "waiting"
    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


class Verb(StrEnum):
    """What happens to a delivery. `retry`: this message was refused for now; `postpone`: the provider is away."""

    CLAIM = "claim"
    HOLD = "hold"
    SUPPRESS = "suppress"
    ATTEMPT = "attempt"
    ACCEPT = "accept"
    RETRY = "retry"
    POSTPONE = "postpone"
    REFUSE = "refuse"
    LOSE = "lose"
    EXPIRE = "expire"
    RESEND = "resend"
    """An operator has it sent again, of which nobody knew whether it went out."""
