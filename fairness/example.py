"""The worked example of the page for civil servants, reckoned by the rules as shipped."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from fairness.judging import judge
from fairness.officers import CALENDAR, QUARTERS, Year, claim, quarter_end, rows, working_days
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.result import Result
from services.evaluation.model.words import Claim, Finding
from services.evaluation.rules import texts
from services.evaluation.rules.explain import explain
from services.evaluation.rules.gather import gather

DAYS = [day for start in QUARTERS for day in working_days(start)]
END = quarter_end(QUARTERS[-1])
FEWEST = 3

HEADS = {
    "en": (("why this score", "points"), ("evidence of a year", "score", "balance", "what you are told")),
    "id": (("mengapa nilai ini", "angka"), ("bukti selama setahun", "nilai", "neraca", "yang disampaikan kepada Anda")),
}
WORDS = {
    "en": {
        "sum": "{}: the sum",
        "late": "{} ktp, {} of them late",
        "upheld": "{} services, upheld complaints about delay: {}",
        "pending": "{} services, {} complaints of one citizen, not examined yet",
        "dimension": "{} in all",
    },
    "id": {
        "sum": "{}: jumlah",
        "late": "{} KTP-el, {} di antaranya terlambat",
        "upheld": "{} layanan, pengaduan penundaan yang terbukti: {}",
        "pending": "{} layanan, {} pengaduan dari satu warga, belum diperiksa",
        "dimension": "{} seluruhnya",
    },
}


def year_of(late: dict[str, tuple[int, int]], *, outage: int = 0, claims: Sequence[Claim] = ()) -> Year:
    """A year by kind of service: (handled, late), the late ones spread over its days; and one day of an outage."""
    counts: Counter[tuple[date, str, bool]] = Counter()
    for kind, (handled, slow) in late.items():
        for n in range(handled - slow):
            counts[DAYS[n % len(DAYS)], kind, False] += 1
        for n in range(slow):
            counts[DAYS[n * len(DAYS) // slow], kind, True] += 1
    if outage:
        counts[DAYS[100], min(late), True] += outage
    return Year(rows(counts), tuple(claims))


def reported(count: int, finding: Finding, *, citizens: int) -> list[Claim]:
    """Complaints about delay of the last quarter, each about another day, by so many citizens."""
    days = working_days(QUARTERS[-1])
    return [claim("delay", days[2 * n], f"citizen {n % citizens}", finding) for n in range(count)]


def explanation(policy: ScoringPolicy, language: str) -> str:
    """The example as its officer reads it: a usual year, one bad day, one complaint that nobody has examined yet."""
    pending = reported(1, Finding.PENDING, citizens=1)
    year = year_of({"ktp": (512, 52), "skck": (280, 10)}, outage=8, claims=pending)
    evidence = gather(year.found(END, {}), lambda _: policy, CALENDAR)
    told = explain(evidence, judge(year, END, policy), language=language, fewest=FEWEST)
    words = WORDS[language]
    lines = [_header(HEADS[language][0])]
    for part in told.parts:
        lines += [_row(f"{part.title}: {line.text}", line.points) for line in part.lines]
        lines.append(_row(f"**{words['sum'].format(part.title)}**", f"**{part.score}**"))
    lines += [
        _row(f"**{words['dimension'].format(one.title)}**", f"**{one.score}**")
        for one in told.dimensions
        if one.score is not None
    ]
    return "\n".join(lines)


def cases(policy: ScoringPolicy, language: str) -> str:
    """Some years with their score, their largest balance, and what they mean."""
    words = WORDS[language]
    lines = [_header(HEADS[language][1])]
    for handled, late in ((100, 12), (100, 24), (200, 36), (200, 48)):
        result = judge(year_of({"ktp": (handled, late)}), END, policy)
        lines.append(_case(words["late"].format(handled, late), result, "timeliness", language))
    for handled, upheld in ((40, 1), (800, 1), (800, 10)):
        found = reported(upheld, Finding.UPHELD, citizens=upheld)
        result = judge(year_of({"ktp": (handled, 0)}, claims=found), END, policy)
        lines.append(_case(words["upheld"].format(handled, upheld), result, "delay", language))
    pending = reported(20, Finding.PENDING, citizens=1)
    result = judge(year_of({"ktp": (800, 0)}, claims=pending), END, policy)
    lines.append(_case(words["pending"].format(800, 20), result, "delay", language))
    return "\n".join(lines)


def _case(text: str, result: Result, part: str, language: str) -> str:
    (found,) = (one for one in result.parts if one.part == part)
    balance = max((test.balance for test in found.tests), key=Fraction)
    return _row(text, str(found.score), balance, texts.OUTCOMES[language][result.outcome])


def _header(names: Sequence[str]) -> str:
    return _row(*names) + "\n" + _row(*("---" for _ in names))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
