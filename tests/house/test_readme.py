"""The README says the same in both languages, and its flow is the code's; a hook before a commit is a check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from deploy.contracts.declared import listeners, tellers
from shared.events import EVENTS
from tests.house.services import ROOT
from tests.house.test_docs import FENCE, LINK

ENGLISH, INDONESIAN = ROOT / "README.md", ROOT / "README.id.md"
FLOW = re.compile(r'^    (\w+)(?:[(\[]+[^)\]]*[)\]]+)? -- "([^"]+)" --> (.+)$', re.MULTILINE)


def outline(page: Path) -> list[str]:
    """The beginnings of the lines that give a page its form: headings, steps, rows, fences and the commands in them."""
    return re.findall(r"^(?:#+ |\d+\. |\||```\w*|make \w+)", page.read_text(), re.MULTILINE)


def links(page: Path) -> Counter[str]:
    """Where a page leads, other than to its other language."""
    found = LINK.findall(FENCE.sub("", page.read_text()))
    return Counter(link for link in found if link not in (ENGLISH.name, INDONESIAN.name))


def code(page: Path) -> Counter[str]:
    """What a page names as code."""
    return Counter(re.findall(r"`[^`\n]+`", FENCE.sub("", page.read_text())))


def test_the_translation_has_the_same_headings_steps_rows_and_commands() -> None:
    assert outline(INDONESIAN) == outline(ENGLISH)


@pytest.mark.parametrize("part", [links, code])
def test_the_translation_has_the_same(part: Callable[[Path], Counter[str]]) -> None:
    ours, theirs = part(ENGLISH), part(INDONESIAN)
    assert (ours - theirs, theirs - ours) == (Counter(), Counter()), "say it in README.id.md, too"


@pytest.mark.parametrize("page", [ENGLISH, INDONESIAN], ids=["English", "Indonesian"])
def test_the_flow_of_the_readme_is_what_services_tell_and_hear(page: Path) -> None:
    drawn = {
        (teller, stream, listener)
        for teller, streams, heard in FLOW.findall(page.read_text())
        for stream in streams.split("<br>")
        for listener in heard.split(" & ")
    }
    assert drawn == {
        (teller, event.topic.name, listener)
        for event in EVENTS
        for teller in tellers(event) or [event.topic.sender]
        for listener in listeners(event)
    }


def test_a_hook_before_a_commit_is_a_line_of_make_check() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    checks = (ROOT / "Makefile").read_text().replace("$(VENV)", ".venv/bin")
    assert local["repo"] == "local", "a commit asks nothing of the network"
    assert [hook["entry"] for hook in local["hooks"] if f"\t@{hook['entry']}\n" not in checks] == []
