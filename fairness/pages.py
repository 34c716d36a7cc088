"""The page for civil servants, in both languages: its tables and its plot are written by the command, never by hand.

A page has places, `<!-- made: name -->` to `<!-- end -->`; the rest of it is written by people.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from fairness import example, plot
from fairness.cells import VOLUMES, Tried
from services.evaluation.model.policy import ScoringPolicy

PAGES = {"en": "scoring.md", "id": "scoring.id.md"}
WORDS = {
    "en": {
        "head": "{:,} officers each; services handled a quarter",
        "1.00": "as usual: wrongly",
        "newcomers": "newcomers: wrongly",
        "outages": "with outages: wrongly",
        "average": "as usual, by the average mark: wrongly",
        "others": "{} times as often late: rightly",
    },
    "id": {
        "head": "masing-masing {} pegawai; layanan yang ditangani per triwulan",
        "1.00": "seperti biasa: keliru",
        "newcomers": "pegawai baru: keliru",
        "outages": "dengan gangguan sistem: keliru",
        "average": "seperti biasa, menurut nilai rata-rata: keliru",
        "others": "{} kali lebih sering terlambat: tepat",
    },
}
ROWS = ("1.00", "newcomers", "outages", "1.25", "1.50", "2.00", "3.00")

Found = Mapping[tuple[str, int], Tried]


def write(folder: Path, policy: ScoringPolicy, found: Found) -> None:
    """Bring the pages in a folder up to date, and write the plots beside them."""
    for language, name in PAGES.items():
        page = folder / name
        made = {**examples(policy, language), "needs": needs(found, language)}
        page.write_text(filled(page.read_text(), made))
        page.with_suffix(".svg").write_text(plot.svg(found, language))


def examples(policy: ScoringPolicy, language: str) -> dict[str, str]:
    """The tables that need nobody invented but one officer."""
    return {"explanation": example.explanation(policy, language), "cases": example.cases(policy, language)}


def needs(found: Found, language: str) -> str:
    """Officers with a need in a year, in per cent."""
    words = WORDS[language]
    named = {row: words.get(row) or words["others"].format(f"{float(row):g}") for row in ROWS}
    head = words["head"].format(found["1.00", VOLUMES[0]].officers)
    lines = [_row(head, (f"{n}" for n in VOLUMES)), _row("---", ("---:" for _ in VOLUMES))]
    lines += [_row(name, (f"{100 * found[row, n].share:.1f} %" for n in VOLUMES)) for row, name in named.items()]
    dashed = (f"{100 * plot.share(found['1.00', n], plot.AVERAGE):.0f} %" for n in VOLUMES)
    return "\n".join([*lines, _row(words["average"], dashed)])


def filled(page: str, made: Mapping[str, str]) -> str:
    """A page with its places filled anew. Raises LookupError where a table has no place in it."""
    for name, table in made.items():
        place = re.compile(rf"(<!-- made: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page, places = place.subn(_between(table), page)
        if places != 1:
            raise LookupError(f"the page has {places} places '<!-- made: {name} -->' ... '<!-- end -->'; give it one")
    return page


def _between(table: str) -> Callable[[re.Match[str]], str]:
    return lambda place: f"{place[1]}{table}\n{place[2]}"


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"
