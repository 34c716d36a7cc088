"""A breaker for each provider: while it is away, single messages now and then try it, and all others wait."""

from datetime import datetime, timedelta

import structlog

from services.notifications.model.policies import DeliveryPolicy
from services.notifications.model.words import Medium, Verb

log = structlog.get_logger()

FAILURES = (Verb.POSTPONE, Verb.LOSE)
"""The provider serves nobody, or hung up. Whatever else it answers, it is there."""


class Breaker:
    """Opens after some failures in a row; a single message is let through when its pause is over."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._failures = 0
        self._until: datetime | None = None

    def admits(self, policy: DeliveryPolicy, now: datetime) -> int:
        """How many messages may be sent at once: a lot, or a single one, or none."""
        if self._until is None:
            return policy.lot
        return 1 if now >= self._until else 0

    def note(self, verb: Verb, policy: DeliveryPolicy, now: datetime) -> None:
        """What the provider answered."""
        self._failures = self._failures + 1 if verb in FAILURES else 0
        opens = 0 < policy.breaker_failures <= self._failures
        if opens is (self._until is None):
            log.warning("provider_away" if opens else "provider_back", channel=self._medium)
        self._until = now + timedelta(seconds=policy.breaker_seconds) if opens else None
