"""The page for civil servants, in both languages: its tables and its plot are written by the command, never by hand.

A page has places, `<!-- made: name -->` to `<!-- end -->`; the rest of it is written by people.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fairness import example, plot
from fairness.attacks import Attack, HardUnit, attacks
from fairness.cells import VOLUMES, Tried
from fairness.places import filled
from services.evaluation.model.policy import ScoringPolicy

PAGES = {"en": "scoring.md", "id": "scoring.id.md"}
WORDS = {
    "en": {
        "head": "{:,} officers each, seeds {}; services handled a quarter",
        "1.00": "as usual: wrongly",
        "newcomers": "newcomers: wrongly",
        "outages": "with outages: wrongly",
        "average": "as usual, by the average mark: wrongly",
        "others": "{} times as often late: rightly",
        "units": "in a unit that is 1.6 times as often late",
        "alone": "alone",
        "context": "beside the colleagues",
        "usual": "late as the colleagues: wrongly",
        "twice": "twice as often late as the colleagues: rightly",
        "attacks": "tried against or for an officer with 800 services",
        "ours": "points of discipline",
        "points off": "5 points off a complaint",
    },
    "id": {
        "head": "masing-masing {} pegawai, benih acak {}; layanan yang ditangani per triwulan",
        "1.00": "seperti biasa: keliru",
        "newcomers": "pegawai baru: keliru",
        "outages": "dengan gangguan sistem: keliru",
        "average": "seperti biasa, menurut nilai rata-rata: keliru",
        "others": "{} kali lebih sering terlambat: tepat",
        "units": "dalam unit kerja yang 1.6 kali lebih sering terlambat",
        "alone": "sendiri",
        "context": "di samping rekan-rekan",
        "usual": "terlambat seperti rekan-rekan: keliru",
        "twice": "dua kali lebih sering terlambat daripada rekan-rekan: tepat",
        "attacks": "yang dicoba terhadap atau demi pegawai dengan 800 layanan",
        "ours": "angka disiplin",
        "points off": "5 angka dikurangi per pengaduan",
        "twenty pending complaints of one citizen": "dua puluh pengaduan satu warga yang belum diperiksa",
        "fifteen pending complaints of one day": "lima belas pengaduan tentang satu hari yang belum diperiksa",
        "twenty complaints of one citizen, all upheld": "dua puluh pengaduan satu warga, semuanya terbukti",
        "an outage: thirty late on one day": "gangguan sistem: tiga puluh keterlambatan pada satu hari",
        "padding: eighty invented easy services": "penggelembungan: delapan puluh layanan mudah rekaan",
        "padding: two hundred invented easy services": "penggelembungan: dua ratus layanan mudah rekaan",
        "suppression: three times the usual complaints, all vanish": (
            "penekanan: pengaduan tiga kali yang lazim, semuanya lenyap"
        ),
    },
}
ROWS = ("1.00", "newcomers", "outages", "1.25", "1.50", "2.00", "3.00")

Found = Mapping[tuple[str, int], Tried]


def write(folder: Path, policy: ScoringPolicy, seeds: Sequence[int], found: Found, hard: HardUnit) -> None:
    """Bring the pages in a folder up to date, and write the plots beside them."""
    for language, name in PAGES.items():
        page = folder / name
        tried = {"needs": needs(found, seeds, language), "units": units(hard, language)}
        made = {**examples(policy, language), **tried}
        page.write_text(filled(page.read_text(), made))
        page.with_suffix(".svg").write_text(plot.svg(found, language))


def examples(policy: ScoringPolicy, language: str) -> dict[str, str]:
    """The tables that need nobody invented but one officer."""
    return {
        "explanation": example.explanation(policy, language),
        "cases": example.cases(policy, language),
        "attacks": attacked(attacks(policy), language),
    }


def attacked(tried: Iterable[Attack], language: str) -> str:
    """By how much each attack moves discipline."""
    words = WORDS[language]
    lines = [_row(words["attacks"], (words["ours"], words["points off"])), _row("---", ("---:", "---:"))]
    lines += [_row(words.get(one.name, one.name), (f"{one.ours:+.2f}", f"{one.plainly:+.2f}")) for one in tried]
    return "\n".join(lines)


def units(hard: HardUnit, language: str) -> str:
    """Officers of hard units with a need, in per cent: alone, and with the unit's context."""
    words = WORDS[language]
    shares = {
        "usual": (hard.usual_alone / hard.usual, hard.usual_with / hard.usual),
        "twice": (hard.twice_alone / hard.twice, hard.twice_with / hard.twice),
    }
    lines = [_row(words["units"], (words["alone"], words["context"])), _row("---", ("---:", "---:"))]
    lines += [_row(words[who], (f"{100 * share:.1f} %" for share in both)) for who, both in shares.items()]
    return "\n".join(lines)


def needs(found: Found, seeds: Sequence[int], language: str) -> str:
    """Officers with a need in a year, in per cent."""
    words = WORDS[language]
    named = {row: words.get(row) or words["others"].format(f"{float(row):g}") for row in ROWS}
    head = words["head"].format(found["1.00", VOLUMES[0]].officers, ", ".join(map(str, seeds)))
    lines = [_row(head, (f"{n}" for n in VOLUMES)), _row("---", ("---:" for _ in VOLUMES))]
    lines += [_row(name, (f"{100 * found[row, n].share:.1f} %" for n in VOLUMES)) for row, name in named.items()]
    dashed = (f"{100 * plot.share(found['1.00', n], plot.AVERAGE):.0f} %" for n in VOLUMES)
    return "\n".join([*lines, _row(words["average"], dashed)])


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"
