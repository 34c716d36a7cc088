"""From what is known of an officer to the pieces of one evaluation: window, references of their date, caps."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from services.evaluation.model.evidence import Evidence, Handled, Incident, LateDay, OnTime, Rated
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.model.words import ALL, Claim, Counted, Finding, Found, Rating
from services.evaluation.rules import badday, records
from services.evaluation.rules.praise import praise
from services.evaluation.rules.ratings import shortfall, voices
from services.evaluation.rules.voices import heaviest
from services.evaluation.rules.window import quarter_of, quarter_start, quarters_back, window_start
from shared.clock import WorkingDays

On = Callable[[date], ScoringPolicy]
"""The policy in force on a day: each piece keeps the reference of its date."""

Referenced = tuple[Counted, int]
"""A row and the reference of its service on its day."""

Treated = Callable[[str, date], bool]
"""Whether evidence of a test and day is from before the test's need was met."""


def gather(found: Found, on: On, calendar: WorkingDays) -> Evidence:
    """The pieces of the window that ends at `found.as_of`, in canonical order."""
    on = cache(on)
    today = calendar.local_day(found.as_of)
    first = window_start(today)
    references = [(row, on(row.day).services.late_per_10000.get(row.service)) for row in found.services]
    window = [(row, q) for row, q in references if first <= row.day <= today]
    known = [(row, q) for row, q in window if q is not None]
    judged = [claim for claim in found.claims if claim.finding is not Finding.NOT_JUDGED]
    treated = _treated(found.restarts, {row.service for row, _ in known})
    return Evidence(
        as_of=found.as_of,
        on_time=_on_time(known, treated),
        late=_late(known, treated),
        caps=_caps(references, {quarter_start(row.day) for row, _ in known}, on, calendar),
        context=dict(sorted(found.context.items())),
        unreferenced=_unreferenced(row for row, q in window if q is None),
        handled=_handled((row for row, _ in window), on, treated),
        incidents=_incidents((claim for claim in judged if first <= claim.day <= today), treated),
        praise=praise(one for one in found.praised if first <= one.day <= today),
        rated=_rated((one for one in found.ratings if first <= one.day <= today), on, treated),
        absent_days=records.absent_days(found.attended, today),
        learning=records.learning(found.learned, on(today).direct, today),
        innovation=records.best(found.proposed, today),
    )


def _treated(restarts: Mapping[str, date], services: Iterable[str]) -> Treated:
    """A need of lateness in general is every service's: met, it restarts the test of each."""
    never = date.min
    in_general = restarts.get(ALL, never)
    last = {**restarts, **{service: max(restarts.get(service, never), in_general) for service in services}}
    return lambda test, day: day <= last.get(test, never)


def _on_time(rows: Iterable[Referenced], treated: Treated) -> tuple[OnTime, ...]:
    counts: Counter[tuple[str, int, bool]] = Counter()
    for row, q in rows:
        counts[row.service, q, treated(row.service, row.day)] += row.on_time
    return tuple(OnTime(service=s, q=q, count=n, treated=t) for (s, q, t), n in sorted(counts.items()) if n)


def _late(rows: Iterable[Referenced], treated: Treated) -> tuple[LateDay, ...]:
    """One piece a day and service: counters and unfinished requests come as rows of their own."""
    slightly: Counter[tuple[date, str, int]] = Counter()
    late: Counter[tuple[date, str, int]] = Counter()
    for row, q in rows:
        if row.slightly or row.late:
            slightly[row.day, row.service, q] += row.slightly
            late[row.day, row.service, q] += row.late
    return tuple(
        LateDay(
            day=day,
            service=service,
            q=q,
            slightly=slightly[day, service, q],
            late=late[day, service, q],
            treated=treated(service, day),
        )
        for day, service, q in sorted(slightly)
    )


def _caps(
    rows: Iterable[tuple[Counted, int | None]], quarters: Iterable[date], on: On, calendar: WorkingDays
) -> dict[str, int]:
    """What a day of each quarter can count, from the usual shortfall of the quarter before it."""
    usual: dict[date, list[tuple[int, int]]] = defaultdict(list)
    for row, q in rows:
        usual[quarter_start(row.day)].append((row.handled, q or 0))
    caps = {}
    for start in sorted(quarters):
        before = quarters_back(start, 1)
        days = calendar.between(before - timedelta(days=1), start - timedelta(days=1))
        caps[quarter_of(start)] = badday.cap(on(start).services.bad_day, badday.expected(usual[before]), days)
    return caps


def _unreferenced(rows: Iterable[Counted]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.service] += row.handled
    return dict(sorted(counts.items()))


def _handled(rows: Iterable[Counted], on: On, treated: Treated) -> tuple[Handled, ...]:
    """The exposure of each complaint part: all services handled, before the cap."""
    handled: Counter[date] = Counter()
    for row in rows:
        handled[row.day] += row.handled
    counts: Counter[tuple[str, int, bool]] = Counter()
    for day, count in handled.items():
        for part, numbers in on(day).complaints.parts.items():
            counts[part, numbers.incidents_per_10000, treated(part, day)] += count
    return tuple(Handled(part=part, q=q, count=n, treated=t) for (part, q, t), n in sorted(counts.items()) if n)


def _incidents(claims: Iterable[Claim], treated: Treated) -> tuple[Incident, ...]:
    """Claims of one incident count once, and each voice in it with its heaviest finding."""
    voices: dict[tuple[str, str, date], dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        voices[claim.incident, claim.part, claim.day][claim.voice].append(claim.finding)
    return tuple(
        Incident(
            id=incident,
            part=part,
            day=day,
            voices={voice: heaviest(findings) for voice, findings in sorted(voices[incident, part, day].items())},
            treated=treated(part, day),
        )
        for incident, part, day in sorted(voices)
    )


def _rated(ratings: Iterable[Rating], on: On, treated: Treated) -> tuple[Rated, ...]:
    """Voices of the same mean are one piece. What no policy of its day knows how to rate is left out."""
    counts: Counter[tuple[str, int, Fraction, bool]] = Counter()
    for last, mean in voices(ratings):
        numbers = on(last.day).ratings
        if numbers is not None and last.part in numbers.parts:
            own = numbers.parts[last.part]
            fell = shortfall(mean, own.best)
            counts[last.part, own.shortfall_per_10000, fell, treated(last.part, last.day)] += 1
    return tuple(
        Rated(part=part, q=q, shortfall=str(fell), count=n, treated=t)
        for (part, q, fell, t), n in sorted(counts.items())
    )
