"""Invented officers for the properties: what they handled, how late, and who complained."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from services.evaluation.model.evidence import Evidence, Handled, Incident, OnTime
from services.evaluation.model.result import PartResult
from services.evaluation.model.words import COACH, Claim, Counted, Finding, Found, Praised, Proposed, Rating
from services.evaluation.rules.evaluate import evaluate
from services.evaluation.rules.gather import gather
from shared.clock import WorkingDays
from tests.services.evaluation.policies import SCORING

AS_OF = datetime(2026, 7, 15, 3, tzinfo=UTC)
TODAY = date(2026, 7, 15)
CALENDAR = WorkingDays(ZoneInfo("Asia/Jakarta"))
CALENDAR.between(date(2024, 12, 1), TODAY)  # reads the holidays once, outside any property's deadline
SERVICES = sorted(SCORING.services.late_per_10000)
PARTS = sorted(SCORING.complaints.parts)

days = st.integers(0, 480).map(lambda back: TODAY - timedelta(days=back))
counted = st.builds(
    Counted,
    day=days,
    service=st.sampled_from([*SERVICES, "akta"]),
    on_time=st.integers(0, 30),
    slightly=st.integers(0, 6),
    late=st.integers(0, 6),
)
claims = st.builds(
    lambda part, day, citizen, finding: Claim(f"{part} {day}", part, day, f"{citizen} {day.month}", finding),
    part=st.sampled_from(PARTS),
    day=st.integers(0, 12).map(lambda back: TODAY - timedelta(days=20 * back)),
    citizen=st.integers(0, 5),
    finding=st.sampled_from(Finding),
)
praised = st.builds(
    lambda complaint, part, day, citizen: Praised(complaint, part, day, f"{citizen} {day.month}"),
    complaint=st.uuids(),
    part=st.sampled_from(PARTS),
    day=days,
    citizen=st.integers(0, 9),
)
ratings = st.builds(
    Rating,
    part=st.sampled_from(["survey_competence", "survey_behaviour", COACH]),
    day=days,
    voice=st.sampled_from("ABCDEFGH"),
    answer=st.integers(1, 4),
)
proposals = st.builds(Proposed, day=days, criteria=st.tuples(*[st.integers(1, 5)] * 5))
restarts = st.dictionaries(st.sampled_from(["all", COACH, *SERVICES, *PARTS]), days, max_size=3)
founds = st.builds(
    lambda services, found, praise, rated, proposed, restarted: Found(
        AS_OF,
        tuple(services),
        tuple(found),
        {},
        praised=tuple(praise),
        ratings=tuple(rated),
        proposed=tuple(proposed),
        restarts=restarted,
    ),
    st.lists(counted, max_size=25),
    st.lists(claims, max_size=12),
    st.lists(praised, max_size=6),
    st.lists(ratings, max_size=8),
    st.lists(proposals, max_size=2),
    restarts,
)
incident_lists = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 4), st.sampled_from(Finding)), min_size=1, max_size=12
)


def gathered(found: Found) -> Evidence:
    """The pieces of an officer, by the shipped policy."""
    return gather(found, lambda _: SCORING, CALENDAR)


def incidents_of(complaints: list[tuple[int, int, Finding]], part: str = "delay") -> tuple[Incident, ...]:
    """Complaints as (day, citizen, finding) in one quarter, as incidents."""
    found = [Claim(f"i{d}", part, TODAY - timedelta(days=d), f"c{c}", finding) for d, c, finding in complaints]
    return gathered(Found(AS_OF, (), tuple(found), {})).incidents


def delay(incidents: tuple[Incident, ...], handled: int = 800) -> PartResult:
    """The part *delay* of an officer who handled so many services."""
    exposure = Handled(part="delay", q=SCORING.complaints.parts["delay"].incidents_per_10000, count=handled)
    (part,) = evaluate(Evidence(as_of=AS_OF, handled=(exposure,), incidents=incidents), SCORING).parts
    return part


def ktp(on_time: int, late: int = 0, slightly: int = 0) -> Found:
    """An officer who only issues identity cards: late ones on days of their own."""
    start = date(2025, 10, 1)
    rows = [Counted(start + timedelta(days=n), "ktp", 0, 0, 1) for n in range(late)]
    rows += [Counted(start + timedelta(days=late + n), "ktp", 0, 1, 0) for n in range(slightly)]
    return Found(AS_OF, (Counted(TODAY, "ktp", on_time, 0, 0), *rows), (), {})


def score_of(found: Found) -> Fraction:
    """The score of timeliness."""
    return score_of_evidence(gathered(found))


def score_of_evidence(evidence: Evidence) -> Fraction:
    part = next(part for part in evaluate(evidence, SCORING).parts if part.part == "timeliness")
    assert part.score is not None
    return Fraction(part.score)


def more_on_time(evidence: Evidence, service: str, count: int = 1) -> Evidence:
    """More services on time."""
    q = SCORING.services.late_per_10000[service]
    return evidence.model_copy(update={"on_time": (*evidence.on_time, OnTime(service=service, q=q, count=count))})
