"""The verbs of training: load the catalogue, enrol for a need."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from pydantic import ValidationError

from services.training import rules, store
from services.training.model import Catalogue, DisplayPolicy, Need, Placed, SessionSeed, State
from shared.clock import WorkingDays
from shared.errors import SetupError
from shared.events import Event
from shared.events.complaints import Visibility
from shared.events.evaluation import EvaluationCompleted
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted
from shared.messaging.tx import Cause, Tx, derived_id


def read_catalogue(file: Path) -> Catalogue:
    """The seed file. Raises SetupError saying what is wrong in it."""
    try:
        return Catalogue.model_validate(yaml.safe_load(file.read_text()))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SetupError(f"catalogue {file.name}: {error}") from error


async def check_catalogue(reads: store.Reads, catalogue: Catalogue) -> None:
    """Raises SetupError where the content changed under a version that was loaded already."""
    if await store.checksum(reads, catalogue.version) not in (None, _checksum(catalogue)):
        raise SetupError(f"catalogue {catalogue.version} was changed: give the changed content a version of its own")


async def load_catalogue(tx: Tx, causes: Sequence[Cause[Catalogue]]) -> None:
    """Load a version once: sessions get their day, and an id that follows from their code."""
    for cause in causes:
        await _load(tx, cause.body)


async def _load(tx: Tx, catalogue: Catalogue) -> None:
    if await store.claim_catalogue(tx, catalogue.version, _checksum(catalogue)):
        await store.keep_catalogue(tx, catalogue, {s.code: _placed(tx, s) for s in catalogue.sessions})


def _checksum(catalogue: Catalogue) -> str:
    return hashlib.sha256(catalogue.model_dump_json().encode()).hexdigest()


def _placed(tx: Tx, session: SessionSeed) -> tuple[UUID, datetime]:
    calendar = WorkingDays(tx.settings.zone)
    day = calendar.plus(calendar.local_day(tx.now), session.in_working_days)
    return uuid5(NAMESPACE_URL, f"salor:session:{session.code}"), datetime.combine(day, session.at, calendar.zone)


async def enrol(tx: Tx, causes: Sequence[Cause[EvaluationCompleted]]) -> None:
    """Give each new need a seat in a course that treats it, or let it wait visibly."""
    found = [(cause, need) for cause in causes for need in cause.body.needs]
    known = await store.known_needs(tx, {need.need_id for _, need in found}) if found else set()
    new = {need.need_id: (cause, need) for cause, need in found if need.need_id not in known}
    if not new:
        return
    needs = [Need(n.need_id, cause.body.employee_id, n.test, n.part) for cause, n in new.values()]
    placed = await _allocate(tx, needs)
    enrolled = [_enrolment(tx, new[decision.need.need_id][0], decision) for decision in placed]
    await store.insert_enrolments(tx, enrolled)
    for enrolment_id, _, decision, _ in enrolled:
        _tell(tx, new[decision.need.need_id][0], enrolment_id, decision)


async def _allocate(tx: Tx, needs: Sequence[Need]) -> list[Placed]:
    courses = await store.courses(tx)
    employees = {need.employee_id for need in needs}
    return rules.allocate(needs, courses, await store.seats(tx), tx.now, await store.open_needs(tx, employees))


def _enrolment(tx: Tx, cause: Cause[EvaluationCompleted], decision: Placed) -> store.NewEnrolment:
    enrolment_id = derived_id(cause.at, b"enrolment" + decision.need.need_id.bytes)
    return enrolment_id, cause.body.evaluation_id, decision, _visible_from(tx, cause.body.visibility)


def _visible_from(tx: Tx, visibility: Visibility) -> datetime:
    if visibility is Visibility.OPEN:
        return tx.now
    calendar = WorkingDays(tx.settings.zone)
    policy = tx.policies.in_force(DisplayPolicy, "display", calendar.local_day(tx.now))
    return calendar.next_opening(tx.now, policy.opening)


def _tell(tx: Tx, cause: Cause[EvaluationCompleted], enrolment_id: UUID, decision: Placed) -> None:
    if decision.state is not State.COVERED:
        tx.tell(_told(cause.body, enrolment_id, decision), cause=cause)


def _told(evaluation: EvaluationCompleted, enrolment_id: UUID, decision: Placed) -> Event:
    about = {
        "enrolment_id": enrolment_id,
        "need_id": decision.need.need_id,
        "evaluation_id": evaluation.evaluation_id,
        "employee_id": evaluation.employee_id,
        "test": decision.need.test,
        "course": decision.course,
        "visibility": evaluation.visibility,
    }
    if decision.session is None:
        return EmployeeWaitlisted.model_validate(about)
    session = decision.session
    return EmployeeEnrolled.model_validate(about | {"session_id": session.session_id, "starts_at": session.starts_at})
