"""The lists of guards fit the tree, and the runner is not easily pleased."""

from __future__ import annotations

import ast
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.mutations import verdict
from tests.mutations.__main__ import ROOT, Proof
from tests.mutations.guard import Edit, Guard, WrongEntry, listed

PRODUCT = """
def add(a: int, b: int) -> int:
    # a comment
    assert b != 13
    return a + b
"""
TESTS = """
import pytest
from product import add

def test_of_the_sum() -> None:
    assert add(1, 2) == 3

def test_that_is_red() -> None:
    assert add(1, 2) == 4

def test_of_a_refusal() -> None:
    with pytest.raises(ValueError):
        add(1, 2)

def test_that_crashes() -> None:
    add(1, None)

def test_whose_product_asserts() -> None:
    add(1, 13)

@pytest.mark.timeout(0.2)
def test_without_end() -> None:
    while True:
        pass

@pytest.fixture
def broken() -> None:
    assert False

def test_whose_setup_is_red(broken: None) -> None:
    pass
"""
SUM = "tests/test_sum.py::"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "tests" / "test_sum.py").write_text(TESTS)
    (tmp_path / "product.py").write_text(PRODUCT)
    return tmp_path


def guard(old: str, new: str, test: str = "test_of_the_sum") -> Guard:
    return Guard(f"{old} > {new} by {test}", "", "product.py", (Edit(old, new),), SUM + test)


@pytest.mark.parametrize("guard", listed(), ids=lambda guard: guard.name)
def test_each_entry_fits_the_tree(guard: Guard) -> None:
    """Weaker: an entry whose code has moved takes nothing out."""
    assert guard.out_of((ROOT / guard.file).read_text()), "or WrongEntry"
    file, _, name = guard.test.partition("::")
    functions = ast.walk(ast.parse((ROOT / file).read_text()))
    assert name.partition("[")[0] in {
        each.name for each in functions if isinstance(each, ast.AsyncFunctionDef | ast.FunctionDef)
    }
    assert guard.why


def test_a_guard_has_one_name() -> None:
    assert [name for name, count in Counter(guard.name for guard in listed()).items() if count > 1] == []


def test_each_interleaving_that_broke_something_has_a_test() -> None:
    """The 21 narrow moments of docs/delivery.md, by the number in the test's name."""
    texts = [file.read_text() for file in (ROOT / "tests" / "shared" / "messaging").glob("test_*.py")]
    assert {int(n) for text in texts for n in re.findall(r"def test_(\d\d)_", text)} == set(range(1, 22))


@pytest.mark.parametrize("old", ["a - b", "a"], ids=["not there", "more than once"])
def test_what_is_not_there_exactly_once_is_a_wrong_entry(tree: Path, old: str) -> None:
    with pytest.raises(WrongEntry, match="times there, must be once"), guard(old, "b").taken_out(tree):
        pass
    assert (tree / "product.py").read_text() == PRODUCT


async def test_only_an_assertion_of_the_test_itself_counts(tree: Path) -> None:
    """Weaker: any failure counts: a mutation that can't even be imported is caught by every test."""
    found = await verdict.run(tree, ["tests"], os.environ)
    assert verdict.of_node(found, SUM + "test_of_the_sum") == [verdict.GREEN]
    red = {name for name, said in found.items() if said == verdict.RED}
    assert red == {SUM + "test_that_is_red", SUM + "test_of_a_refusal"}
    broken = {name: said for name, said in found.items() if said.startswith(verdict.BROKEN)}
    assert set(broken) == {
        SUM + name
        for name in ("test_that_crashes", "test_whose_product_asserts", "test_without_end", "test_whose_setup_is_red")
    }
    assert "TypeError" in broken[SUM + "test_that_crashes"]


@pytest.mark.timeout(240)
async def test_a_guard_is_caught_only_by_a_test_that_is_green_with_it_and_red_without(tree: Path) -> None:
    """Weaker: a mutation that changes nothing is called caught."""
    guards = {
        "caught": guard("a + b", "a - b"),
        "changes nothing": guard("# a comment", "# another"),
        "breaks the product": guard("a + b", "a +"),
        "red all the time": guard("a + b", "a - b", "test_that_is_red"),
        "of code that has moved": guard("a / b", "a"),
    }
    proof = Proof([*guards.values()], os.environ)
    await proof.run([tree])
    found = {what: proof.missing[each.name] for what, each in guards.items()}
    assert found.pop("caught") is None
    assert [what for what, missing in found.items() if missing is None] == []
    assert found["changes nothing"] == f"{SUM}test_of_the_sum: green"
    assert (tree / "product.py").read_text() == PRODUCT
