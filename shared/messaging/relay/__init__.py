"""The relay sends the outbox to Kafka: one owner a service, by a lease with an epoch on the database's time.

A record may be sent twice (a crash before the cursor is saved, a late send of an owner that slept), never lost and
never out of the order of its key. Consumers drop what they have seen.
"""

from shared.messaging.relay.lease import Lease, Lost
from shared.messaging.relay.loop import Relay, State

__all__ = ["Lease", "Lost", "Relay", "State"]
