"""What is written leads somewhere: links resolve, and the commands that the README names exist."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.house.services import ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"`make ([a-z-]+)")
TEST = re.compile(r"\btests/[\w/]+\.py\b")
LONGEST_FILE = 300


def files(*patterns: str) -> list[Path]:
    """The files of the project that are tracked or would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


PAGES = files("*.md")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    headings = [line.lstrip("#").strip() for line in page.read_text().splitlines() if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_links_resolve(page: Path) -> None:
    broken = []
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@every_page
def test_commands_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(page.read_text())) <= targets


@every_page
def test_tests_that_are_named_exist(page: Path) -> None:
    assert [name for name in TEST.findall(page.read_text()) if not (ROOT / name).exists()] == []


def test_the_journey_that_the_page_of_tests_shows_is_one_that_runs() -> None:
    shown = PYTHON.findall((ROOT / "tests" / "README.md").read_text())
    journey = (ROOT / "tests" / "journeys" / "test_example.py").read_text()
    assert [block in journey for block in shown] == [True]


def test_the_architecture_names_each_part_of_the_chassis() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    parts = [part.name for part in (ROOT / "shared").iterdir() if not part.name.startswith("__")]
    assert [name for name in parts if f"(../shared/{name})" not in page] == []


def test_no_file_has_outgrown_its_topic() -> None:
    long = [str(file.relative_to(ROOT)) for file in files("*.py") if len(file.read_text().splitlines()) > LONGEST_FILE]
    assert long == [], "make it a folder of the same name, one topic a file"
