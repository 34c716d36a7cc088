"""The policies of the notifications service."""

from collections.abc import Mapping
from datetime import time

from pydantic import Field

from services.notifications.model.whats import What
from shared.policy import Policy


class DeliveryPolicy(Policy):
    """When hidden cases are told (local time), and how patiently messages are sent (seconds)."""

    opening: time
    lot: int = Field(ge=1, le=500)
    lease_seconds: float = Field(gt=0)
    attempts: int = Field(ge=1)
    backoff_seconds: float = Field(gt=0)
    backoff_limit_seconds: float = Field(gt=0)
    # 2026.1 had none of these: no term, no breaker.
    patience_days: float = Field(default=0, ge=0)
    breaker_failures: int = Field(default=0, ge=0)
    breaker_seconds: float = Field(default=0, ge=0)


class NoticesPolicy(Policy):
    """Which messages are a courtesy, so that their recipients may do without mails of them; all others are legal."""

    courtesy: tuple[What, ...]


KINDS: Mapping[str, type[Policy]] = {"delivery": DeliveryPolicy, "notices": NoticesPolicy}
