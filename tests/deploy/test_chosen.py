"""What is chosen for a data folder: no two that are at work have a port in common."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.chosen import Chosen, free_port

ELSEWHERE = """import random, sys
from pathlib import Path
from deploy.local.chosen import Chosen
random.seed(int(sys.argv[2]))
print(Chosen(Path(sys.argv[1])).port("kafka"), flush=True)
sys.stdin.read()"""


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = random.getstate()
    yield
    random.setstate(before)


def chosen_here(luck: int) -> int:
    random.seed(luck)
    return free_port()


@contextmanager
def chosen_elsewhere(folder: Path, luck: int) -> Iterator[int]:
    """The port that another process chooses, while it runs."""
    command = [sys.executable, "-c", ELSEWHERE, str(folder), str(luck)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.communicate()


def test_a_port_is_given_once_although_nobody_listens_yet() -> None:
    assert chosen_here(luck=1) != chosen_here(luck=1)


def test_nor_is_it_given_by_another_process(tmp_path: Path) -> None:
    with chosen_elsewhere(tmp_path, luck=2) as port:
        assert chosen_here(luck=2) != port


def test_who_reads_what_was_chosen_reserves_it_again(tmp_path: Path) -> None:
    with chosen_elsewhere(tmp_path, luck=3) as port:
        pass
    assert Chosen(tmp_path).port("kafka") == port
    assert chosen_here(luck=3) != port
