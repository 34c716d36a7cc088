"""What the system carries, as ratios: each figure beside the same work by hand, measured in turn in one run.

Benchmarks are no tests. They use the durability of production (`acks=all`, `synchronous_commit=on`).
"""
