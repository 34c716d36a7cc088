"""The counters beside their baseline; with `--accept` they are the baseline from now on."""

from __future__ import annotations

from benchmarks import hop_service
from benchmarks.counters import accept, baseline, filings, grown, one_hop
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.stage import Stage, new_prefix
from deploy.local.trouble import say


async def measure(stage: Stage, options: Options, results: Results) -> None:
    """Count once: they are the same each time."""
    hop = await one_hop(await stage.database(None, hop_service.SCHEMA), stage.stack.kafka, new_prefix())
    found = {**hop, **await filings(await stage.database("complaints"))}
    for name, value in found.items():
        results.add(name, [value])
    if options.accept:
        accept(found)
    for line in grown(found, baseline()):
        say(f"    {line}")
