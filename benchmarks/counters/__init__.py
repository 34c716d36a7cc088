"""What work costs that no machine changes: round trips, WAL, requests and bytes. A baseline holds them.

In one process and in fixed steps. What depends on time is left out: fetches from Kafka, and the saving of the relay's
cursor (every 100 ms at most).
"""

from benchmarks.counters.filing import filings
from benchmarks.counters.hop import one_hop
from benchmarks.counters.kept import accept, baseline, grown

__all__ = ["accept", "baseline", "filings", "grown", "one_hop"]
