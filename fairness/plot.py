"""The plot of false and true needs against services handled, as an SVG of always the same bytes."""

from collections.abc import Mapping, Sequence
from math import log10

from fairness.cells import VOLUMES, Tried
from fairness.methods import OTHERS, Method
from fairness.svg import GREY, document, line, rule, text

WIDTH, HEIGHT = 800, 420
LEFT, RIGHT, TOP, BOTTOM = 50, 210, 60, 56
LINES = {"3.00": ("#08306b", 20), "2.00": ("#2171b5", 60), "1.50": ("#6baed6", 200), "1.25": ("#9ecae1", 2000)}
"""True needs, by how often late against the usual: the colour, and the volume at which the name stands."""
FALSE = "#b30000"
AVERAGE = OTHERS[2]
WORDS = {
    "en": {
        "title": "Civil servants with a training need within a year, in %",
        "subtitle": "Blue: rightly. Red: wrongly, their work was as usual. Dashed: wrongly, by the average mark.",
        "axis": "services handled a quarter",
        "true": "{} times as often late",
        "false": "as usual",
        "average": "as usual, by average mark",
    },
    "id": {
        "title": "Pegawai dengan kebutuhan pelatihan dalam setahun, dalam %",
        "subtitle": "Biru: tepat. Merah: keliru, kinerjanya biasa. Putus-putus: keliru, menurut nilai rata-rata.",
        "axis": "layanan yang ditangani per triwulan",
        "true": "{} kali lebih sering terlambat",
        "false": "seperti biasa",
        "average": "seperti biasa, nilai rata-rata",
    },
}

Found = Mapping[tuple[str, int], Tried]


def svg(found: Found, language: str) -> str:
    """The plot. Of the same shares the same bytes: nothing of the day, whole pixels."""
    words = WORDS[language]
    parts = [text(LEFT, 22, words["title"], weight="bold", size=15), text(LEFT, 42, words["subtitle"], fill=GREY)]
    parts += [_grid(percent) for percent in (0, 25, 50, 75, 100)]
    parts += [text(_x(n), HEIGHT - BOTTOM + 20, f"{n}", anchor="middle", fill=GREY) for n in VOLUMES]
    parts.append(text((LEFT + WIDTH - RIGHT) // 2, HEIGHT - 12, words["axis"], anchor="middle", fill=GREY))
    for row, (colour, at) in LINES.items():
        shares = [found[row, n].share for n in VOLUMES]
        parts.append(_line(shares, colour))
        parts.append(_name(at, shares, words["true"].format(f"{float(row):g}"), colour))
    wrong = [found["1.00", n].share for n in VOLUMES]
    dashed = [share(found["1.00", n], AVERAGE) for n in VOLUMES]
    parts += [_line(dashed, GREY, dash=True), _name(VOLUMES[-1], dashed, words["average"], GREY)]
    parts += [_line(wrong, FALSE), _name(VOLUMES[-1], wrong, words["false"], FALSE)]
    return document(WIDTH, HEIGHT, words["title"], parts)


def share(tried: Tried, method: Method) -> float:
    """Of the officers of a cell, those with a need by another method."""
    worst = tried.worst[method.name]
    return sum(one >= method.limit for one in worst) / len(worst)


def _x(services: int) -> int:
    first, last = log10(VOLUMES[0]), log10(VOLUMES[-1])
    return round(LEFT + (log10(services) - first) / (last - first) * (WIDTH - LEFT - RIGHT))


def _y(share: float) -> int:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))


def _grid(percent: int) -> str:
    y = _y(percent / 100)
    return rule(LEFT, WIDTH - RIGHT, y) + text(LEFT - 8, y + 4, f"{percent}", anchor="end", fill=GREY)


def _line(shares: Sequence[float], colour: str, *, dash: bool = False) -> str:
    return line([(_x(n), _y(share)) for n, share in zip(VOLUMES, shares, strict=True)], colour, dash=dash)


def _name(services: int, shares: Sequence[float], words: str, colour: str) -> str:
    """A line's name beside its point."""
    return text(_x(services) + 8, _y(shares[VOLUMES.index(services)]) + 4, words, fill=colour)
