"""From what is known of an officer to the pieces of one evaluation: window, references of their date, caps."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from services.evaluation.model.evidence import Evidence, Handled, Incident, LateDay, OnTime
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.words import Claim, Counted, Finding, Found
from services.evaluation.rules import badday
from services.evaluation.rules.voices import heaviest
from services.evaluation.rules.window import quarter_of, quarter_start, quarters_back, window_start
from shared.clock import WorkingDays

On = Callable[[date], ScoringPolicy]
"""The policy in force on a day: each piece keeps the reference of its date."""


def gather(found: Found, on: On, calendar: WorkingDays) -> Evidence:
    """The pieces of the window that ends at `found.as_of`, in canonical order."""
    today = calendar.local_day(found.as_of)
    first = window_start(today)
    window = [row for row in found.services if first <= row.day <= today]
    known = [row for row in window if row.service in on(row.day).services.late_per_10000]
    return Evidence(
        as_of=found.as_of,
        on_time=_on_time(known, on),
        late=_late(known, on),
        caps=_caps(found.services, {quarter_start(row.day) for row in known}, on, calendar),
        context=dict(found.context),
        unreferenced=_unreferenced(window, on),
        handled=_handled(window, on),
        incidents=_incidents(claim for claim in found.claims if first <= claim.day <= today),
    )


def _on_time(rows: Iterable[Counted], on: On) -> tuple[OnTime, ...]:
    counts: Counter[tuple[str, int]] = Counter()
    for row in rows:
        counts[row.service, on(row.day).services.late_per_10000[row.service]] += row.on_time
    return tuple(OnTime(service=s, q=q, count=n) for (s, q), n in sorted(counts.items()) if n)


def _late(rows: Iterable[Counted], on: On) -> tuple[LateDay, ...]:
    """One piece a day and service: counters and unfinished requests come as rows of their own."""
    slightly: Counter[tuple[date, str]] = Counter()
    late: Counter[tuple[date, str]] = Counter()
    for row in rows:
        slightly[row.day, row.service] += row.slightly
        late[row.day, row.service] += row.late
    return tuple(
        LateDay(
            day=day,
            service=service,
            q=on(day).services.late_per_10000[service],
            slightly=slightly[day, service],
            late=late[day, service],
        )
        for day, service in sorted(slightly)
        if slightly[day, service] + late[day, service]
    )


def _caps(rows: Sequence[Counted], quarters: Iterable[date], on: On, calendar: WorkingDays) -> dict[str, int]:
    """What a day of each quarter can count, from the usual shortfall of the quarter before it."""
    usual: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        reference = on(row.day).services.late_per_10000.get(row.service, 0)
        usual[quarter_start(row.day)].append((row.on_time + row.slightly + row.late, reference))
    caps = {}
    for start in sorted(quarters):
        before = quarters_back(start, 1)
        days = calendar.between(before - timedelta(days=1), start - timedelta(days=1))
        caps[quarter_of(start)] = badday.cap(on(start).services.bad_day, badday.expected(usual[before]), days)
    return caps


def _unreferenced(rows: Iterable[Counted], on: On) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        if row.service not in on(row.day).services.late_per_10000:
            counts[row.service] += row.on_time + row.slightly + row.late
    return dict(sorted(counts.items()))


def _handled(rows: Iterable[Counted], on: On) -> tuple[Handled, ...]:
    """The exposure of each complaint part: all services handled, before the cap."""
    counts: Counter[tuple[str, int]] = Counter()
    for row in rows:
        for part, numbers in on(row.day).complaints.parts.items():
            counts[part, numbers.incidents_per_10000] += row.on_time + row.slightly + row.late
    return tuple(Handled(part=part, q=q, count=n) for (part, q), n in sorted(counts.items()) if n)


def _incidents(claims: Iterable[Claim]) -> tuple[Incident, ...]:
    """Claims of one incident count once, and each voice in it with its heaviest finding."""
    voices: dict[tuple[str, str, date], dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        voices[claim.incident, claim.part, claim.day][claim.voice].append(claim.finding)
    return tuple(
        Incident(id=i, part=p, day=d, voices={v: heaviest(f) for v, f in sorted(voices[i, p, d].items())})
        for i, p, d in sorted(voices)
    )
