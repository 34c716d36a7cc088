"""What tests of training begin with: a small catalogue, results of evaluations, and commands."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from services.training.actions import SEATS, catalogue
from services.training.api import sessions
from services.training.model.catalogue import Catalogue, Session
from services.training.model.commands import Schedule
from shared.events.complaints import Visibility
from shared.events.directory import EmployeeRecorded, Employment
from shared.events.evaluation import EvaluationCompleted, Need, Outcome, Status
from shared.events.training import EmployeeEnrolled
from shared.messaging import errands
from shared.messaging.errands import Errand
from tests.support import Bench

KTP = ("ktp", "timeliness")
SEED = """
version: "{version}"
source: test
courses:
  - {{code: ktp, name: {{id: x, en: x}}, form: bimtek, jp: 5, tests: [ktp]}}
  - {{code: open, name: {{id: x, en: x}}, form: workshop, jp: 10}}
sessions:
  - {{code: first, course: ktp, in_working_days: 5, at: "09:00", seats: {seats}, place: Aula}}
"""


def seed(folder: Path, version: str = "1", seats: int = 2, more: str = "") -> Catalogue:
    """The catalogue of a file in a folder."""
    file = folder / "catalogue.yaml"
    file.write_text(SEED.format(version=version, seats=seats) + more)
    return catalogue.read_catalogue(file)


async def load(bench: Bench, given: Catalogue) -> None:
    """Load a catalogue as a start does."""
    await catalogue.check_catalogue(bench.pool, given)
    errand = Errand(f"catalogue {given.version}", datetime.now(UTC), given, names=(SEATS,))
    await errands.record(bench.runner, catalogue.load_catalogue, [errand])


def employee(employee_id: UUID, status: Employment, since: date | None = None) -> EmployeeRecorded:
    """An officer, as the directory tells."""
    return EmployeeRecorded(
        employee_id=employee_id,
        version=1,
        name="A",
        email="a@example.org",
        unit="x",
        position="x",
        status=status,
        contract_since=since,
    )


def need(test: str = "ktp", part: str = "timeliness") -> Need:
    """A need of its own."""
    return Need(need_id=uuid4(), test=test, part=part, dimension="discipline")


def completed(
    *needs: tuple[str, str] | Need,
    employee: UUID | None = None,
    visibility: Visibility = Visibility.OPEN,
    **more: Any,
) -> EvaluationCompleted:
    """A provisional result that opened some needs."""
    first = EvaluationCompleted(
        evaluation_id=uuid4(),
        complaint_id=uuid4(),
        incident_id=uuid4(),
        employee_id=employee or uuid4(),
        revision=1,
        status=Status.PROVISIONAL,
        outcome=Outcome.NEED if needs else Outcome.ISOLATED,
        scores=(),
        needs=tuple(each if isinstance(each, Need) else need(*each) for each in needs),
        policy_version="2026.1",
        visibility=visibility,
    )
    return first.model_copy(update=more)


async def scheduled(bench: Bench, seats: int = 1, course: str = "ktp", days: int = 30) -> UUID:
    """A session that an operator schedules. Gives its id."""
    starts_at = datetime.now(UTC) + timedelta(days=days)
    asked = Schedule(course=course, starts_at=starts_at, place="Aula", seats=seats)
    _, body = await bench.command(sessions.SCHEDULE, asked, principal="operator")
    return Session.model_validate_json(body).session_id


async def begin(bench: Bench, session_id: UUID) -> None:
    """Let a session have begun an hour ago."""
    await bench.pool.execute(
        "UPDATE session SET starts_at = now() - interval '1 hour' WHERE session_id = $1", session_id
    )


async def enrolled(bench: Bench) -> list[EmployeeEnrolled]:
    """Whom it was told that they are enrolled."""
    return [told for told in await bench.told() if isinstance(told, EmployeeEnrolled)]


async def about(bench: Bench) -> list[Any]:
    """What was told of enrolments: not of sessions."""
    return [told for told in await bench.told() if hasattr(told, "enrolment_id")]
