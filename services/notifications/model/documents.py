"""What the routes take and give."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StrictBool

from services.notifications.model.whats import What
from services.notifications.model.words import Audience, Language, Medium, State


class InboxEntry(BaseModel):
    """A message in an in-app inbox, and what became of the same message by mail."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delivery_id": "019a7c3e-7b30-8e22-9d18-a2e3d4f50617",
                    "what": "reopened",
                    "subject": "Your report is open again",
                    "text": "Your report is being worked on again.",
                    "language": "en",
                    "at": "2026-03-02T02:15:30.123456Z",
                    "read_at": None,
                    "mail": "suppressed",
                    "mail_reason": "not wanted",
                }
            ]
        },
        use_attribute_docstrings=True,
    )

    delivery_id: UUID
    what: What | None
    subject: str
    text: str
    language: str
    at: AwareDatetime
    read_at: AwareDatetime | None
    """When its reader first said so; none: unread."""
    mail: State | None
    """The state of the same message by mail."""
    mail_reason: str
    """Why the mail is in that state: `no address`, `not wanted`, `daily collection`, `smtp 550`, ..."""


class DeliveryState(BaseModel):
    """A delivery as operators see it: ids, never an address or a text."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delivery_id": "019a7c3e-7b30-8e22-9d18-a2e3d4f50617",
                    "event_id": "019a7c3e-6a20-8b11-8c07-91d2c3e4f506",
                    "what": "examined",
                    "audience": "citizen",
                    "channel": "email",
                    "state": "unknown",
                    "reason": "no answer after DATA",
                    "attempts": 1,
                    "template": "3f6f0a1c2b4d",
                    "not_before": None,
                    "next_at": "2026-03-02T02:15:30.123456Z",
                    "changed_at": "2026-03-02T02:15:30.123456Z",
                }
            ]
        },
        use_attribute_docstrings=True,
    )

    delivery_id: UUID
    event_id: str
    what: What
    audience: Audience
    channel: Medium
    state: State
    reason: str
    attempts: int
    """How often the provider was called."""
    template: str
    """The version of the template that it was written by; empty before the first call."""
    not_before: AwareDatetime | None
    next_at: AwareDatetime
    changed_at: AwareDatetime


class TemplateShown(BaseModel):
    """A template in one language."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "what": "reopened",
                    "language": "en",
                    "audience": "citizen",
                    "courtesy": True,
                    "version": "3f6f0a1c2b4d",
                    "fields": ["district", "greeted"],
                }
            ]
        },
        use_attribute_docstrings=True,
    )

    what: What
    language: Language
    audience: Audience
    courtesy: bool
    """Whether its recipients may do without mails of it."""
    version: str
    """Changes with the template and its words; each delivery keeps the version that it was written by."""
    fields: list[str]
    """What it may say."""


class Preview(BaseModel):
    """A letter with made-up facts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "what": "reopened",
                    "language": "en",
                    "version": "3f6f0a1c2b4d",
                    "subject": "Your report is open again",
                    "text": "Dear Putri Ayu,\n\nYour report is being worked on again.\n",
                }
            ]
        }
    )

    what: What
    language: Language
    version: str
    subject: str
    text: str


class Preferences(BaseModel):
    """What a recipient wants."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"courtesy_mails": False}]}, use_attribute_docstrings=True
    )

    courtesy_mails: StrictBool = True
    """Whether courtesy messages come by mail, too; the inbox has them all, and legal notices always come."""


class Preferring(BaseModel):
    """The command: whose preferences are to be which."""

    recipient: UUID
    preferences: Preferences


class Reading(BaseModel):
    """The command: whose message is read."""

    recipient: UUID
    delivery_id: UUID
