"""The chassis knows nothing of what it carries: no word of the domain is in it."""

from __future__ import annotations

import re

from deploy.local.program import ROOT

DOMAIN = re.compile(
    r"complain|evaluat|training|enrol|employee|officer|citizen|civil|incident|inspector|survey", re.IGNORECASE
)
CONTRACTS = ROOT / "shared" / "events"


def test_no_word_of_the_domain_is_in_the_chassis() -> None:
    files = [file for file in (ROOT / "shared").rglob("*.*") if CONTRACTS not in file.parents]
    lines = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        if file.suffix in (".py", ".sql", ".yaml")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if DOMAIN.search(line)
    ]
    assert lines == []
