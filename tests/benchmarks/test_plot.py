"""The plot of latency against load."""

from __future__ import annotations

import re

from benchmarks.plot import HEIGHT, svg


def test_a_higher_latency_stands_higher_and_each_line_has_its_name() -> None:
    picture = svg(12_000, {"ours": [(10, 4.0, 9.0), (50, 6.0, 20.0)], "limit": [(10, 3.0, 8.0), (50, 5.0, 15.0)]})

    lines = re.findall(r'points="([^"]+)"', picture)
    heights = [[HEIGHT - int(point.split(",")[1]) for point in line.split()] for line in lines]
    assert len(lines) == 4
    assert all(left < right for left, right in heights)
    assert all(f">{name}, {part}<" in picture for name in ("ours", "limit") for part in ("p50", "p99"))
    assert "12,000 events/s" in picture
