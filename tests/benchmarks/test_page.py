"""The page of results has a place for all that a run writes."""

from __future__ import annotations

from pathlib import Path

from benchmarks import page
from benchmarks.results import Results


def test_a_run_fills_the_page_and_draws_its_plot(tmp_path: Path) -> None:
    written, drawn = tmp_path / "performance.md", tmp_path / "latency.svg"
    written.write_text(page.PAGE.read_text())
    drawn.write_text("<svg/>")
    results = Results()
    results.add("hop p50", [7.0, 8.0, 9.5])
    results.add("rows", [4.0], "rows/s")

    page.write(results, written, drawn)

    lines = written.read_text().splitlines()
    assert "| one hop at half load, p50 | 8.00 (7.00-9.50) ms | <= 8 ms | met |" in lines
    assert "| rows | 4.00 rows/s |" in lines
    assert "(performance.svg)" in written.read_text()
    assert (tmp_path / "performance.svg").read_text() == "<svg/>"
