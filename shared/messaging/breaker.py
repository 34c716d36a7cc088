"""The breaker: when our own handlers fail on many keys at once, the deployment is bad, not the events."""

import structlog

log = structlog.get_logger()


class BreakerOpen(Exception):
    """So many keys failed that nothing more is parked: the batch stays where it is, and is tried again now and then."""


class Breaker:
    """Per type of event, the keys that failed; each event of the type that succeeds takes one of them back.

    So it opens where failures outnumber successes by `limit` keys: a bad deployment, soon; a few poisoned keys, never.
    It looks at no clock. One success closes it; if that was an exception, the next failure opens it again.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._failed: dict[str, dict[str, None]] = {}

    @property
    def open(self) -> list[str]:
        """The types whose handler is at fault; none while it is closed."""
        return sorted(kind for kind, keys in self._failed.items() if len(keys) >= self.limit)

    def fail(self, kind: str, key: str) -> None:
        """Count a key on which the handler of `kind` failed for good. Raises BreakerOpen once they are too many."""
        keys = self._failed.setdefault(kind, {})
        was_open = len(keys) >= self.limit
        if not was_open:
            keys[key] = None
        if len(keys) < self.limit:
            return
        if not was_open:
            log.error("breaker_open", type=kind, keys=len(keys))
        raise BreakerOpen(kind)

    def succeed(self, kind: str, count: int = 1) -> None:
        """Count events of `kind` that took effect."""
        keys = self._failed.get(kind)
        if not keys:
            return
        was_open = len(keys) >= self.limit
        for key in list(keys)[:count]:
            del keys[key]
        if was_open:
            log.info("breaker_closed", type=kind)
