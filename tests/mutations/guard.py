"""The guards, as the files in guards/ list them, and the taking out of one in a copy of the tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

LISTS = Path(__file__).parent / "guards"


class WrongEntry(Exception):
    """An entry that does not fit the tree: what is wrong with it, and where."""


@dataclass(frozen=True)
class Edit:
    """`old` stands exactly once in the file, and is replaced by `new`."""

    old: str
    new: str

    def on(self, text: str, where: str) -> str:
        """The text without the guard. Raises WrongEntry where `old` is not there, or more than once."""
        found = text.count(self.old)
        if found != 1:
            raise WrongEntry(f"{where}: {found} times there, must be once: {self.old.strip().splitlines()[0]}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Guard:
    """`name`, taken out of `file` by `edits`, is missed by `test` (a pytest node). `why`: what breaks without it."""

    name: str
    why: str
    file: str
    edits: tuple[Edit, ...]
    test: str

    @contextmanager
    def taken_out(self, tree: Path) -> Iterator[None]:
        """While it lasts, the tree is without the guard. Times of the file are kept, so no stale bytecode is met."""
        file = tree / self.file
        text, times = file.read_text(), file.stat()
        file.write_text(self.out_of(text))
        try:
            yield
        finally:
            file.write_text(text)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    def out_of(self, text: str) -> str:
        """The file's text without the guard. Raises WrongEntry."""
        for edit in self.edits:
            text = edit.on(text, f"{self.name}: {self.file}")
        return text


def listed(folder: Path = LISTS) -> list[Guard]:
    """All guards, in the order of the files and of the entries in them."""
    return [_guard(entry) for file in sorted(folder.glob("*.yaml")) for entry in yaml.safe_load(file.read_text())]


def _guard(entry: dict[str, str]) -> Guard:
    edits: Sequence[dict[str, str]] = entry.get("edits") or [entry]  # type: ignore[assignment]
    pairs = tuple(Edit(edit["old"], edit["new"]) for edit in edits)
    return Guard(entry["guard"], entry["why"], entry["file"], pairs, entry["test"])
