"""The glossary and the code have the same words: each state, verb, clock, finding and predicate, and no others."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from enum import StrEnum

import pytest

from services.complaints.model.rows import LAW
from tests.house.services import ROOT
from tests.house.test_docs import files

PAGE = ROOT / "docs" / "glossary.md"
BOUND = {"State", "Status", "Verb", "Clock", "Finding", "Visibility", "Outcome", "Predicate", "Rating"}
"""Enumerations of these names are of the domain: each has a section, in whatever service it appears."""
NAMES_WHERE = re.compile(r"^\[`(\w+)`\]\(\.\./([\w/.]+)\)$", re.MULTILINE)
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \|", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
TABLE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")


def sections() -> dict[tuple[str, str], dict[str, str]]:
    """The rows of each enumeration's section, by its name and file: code, and what it is in law."""
    found = {}
    for section in PAGE.read_text().split("\n## ")[1:]:
        if where := NAMES_WHERE.search(section):
            found[where[1], where[2]] = {code: law.strip() for code, law in ROW.findall(section)}
    return found


SECTIONS = sections()


def enumerations() -> set[tuple[str, str]]:
    """The enumerations that are bound; the chassis has no word of the domain."""
    return {
        (node.name, str(source.relative_to(ROOT)))
        for source in files("services/*.py", "shared/events/*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.ClassDef) and node.name in BOUND and "StrEnum" in map(ast.unparse, node.bases)
    }


def names() -> Iterator[str]:
    """All that code has names for: classes, functions, fields, values, and the tables of databases."""
    for source in files("services/*.py", "shared/*.py"):
        yield source.stem
        for node in ast.walk(ast.parse(source.read_text())):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield name
                case ast.AnnAssign(target=ast.Name(id=name)) | ast.Name(id=name, ctx=ast.Store()):
                    yield name
                case ast.Constant(value=str(name)):
                    yield name
    for migration in files("services/*.sql"):
        yield from TABLE.findall(migration.read_text())


def test_each_state_verb_clock_and_predicate_has_its_section() -> None:
    assert enumerations() - set(SECTIONS) == set(), "say in docs/glossary.md what its words mean"


@pytest.mark.parametrize(("name", "source"), SECTIONS, ids=" of ".join)
def test_a_section_has_the_words_of_the_code_and_no_others(name: str, source: str) -> None:
    """Weaker: a new state has no word of the law, or the page goes on about one that is gone."""
    module = importlib.import_module(source.removesuffix(".py").replace("/", "."))
    enumeration: type[StrEnum] = getattr(module, name)
    assert list(SECTIONS[name, source]) == [str(each) for each in enumeration]


def test_the_states_of_a_complaint_have_the_words_of_the_law() -> None:
    assert SECTIONS["State", "services/complaints/model/rows.py"] == {str(state): word for state, word in LAW.items()}


def test_each_name_that_the_glossary_binds_a_word_to_exists() -> None:
    """Weaker: a field is renamed, and its legal term leads nowhere."""
    known = set(names())
    _, _, words = PAGE.read_text().partition("\n## Words\n")
    bound = CODE.findall(words.partition("\n## ")[0])
    assert [code for code in bound if not (is_file(code) if "/" in code else set(code.split(".")) <= known)] == []


def is_file(path: str) -> bool:
    """Whether a path leads somewhere, from the root or inside a service."""
    return any(any(folder.glob(path)) for folder in (ROOT, *(ROOT / "services").iterdir()) if folder.is_dir())
