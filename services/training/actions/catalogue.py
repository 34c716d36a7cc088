"""The verbs of the catalogue: read the file, check it, load a version once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.training.actions import seating, sessions
from services.training.model.catalogue import Catalogue, Planned, SessionSeed
from services.training.store import Reads
from services.training.store import catalogue as store
from shared.clock import WorkingDays
from shared.errors import SetupError
from shared.messaging.tx import Cause, Tx


def read_catalogue(file: Path) -> Catalogue:
    """The seed file. Raises SetupError saying what is wrong in it."""
    try:
        return Catalogue.model_validate(yaml.load(file.read_text(), yaml.CSafeLoader))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SetupError(f"catalogue {file.name}: {error}") from error


async def check_catalogue(reads: Reads, catalogue: Catalogue) -> None:
    """Raises SetupError where the content changed under a version that was loaded already."""
    if await store.checksum(reads, catalogue.version) not in (None, _checksum(catalogue)):
        raise SetupError(f"catalogue {catalogue.version} was changed: give the changed content a version of its own")


async def load_catalogue(tx: Tx, causes: Sequence[Cause[Catalogue]]) -> None:
    """Load a version once: sessions get their day, and an id that follows from their code; whoever waits is seated."""
    for cause in causes:
        if await store.claim_catalogue(tx, cause.body.version, _checksum(cause.body)):
            await store.keep_catalogue(tx, cause.body)
            planned = [_planned(tx, session) for session in cause.body.sessions]
            await sessions.open_sessions(tx, cause, [*planned, *await sessions.recurring(tx)])
            await seating.seat(tx, cause)


def _checksum(catalogue: Catalogue) -> str:
    """Of what the file says: one without routines has the checksum that it had before there were any."""
    content = catalogue.model_dump_json(exclude=None if catalogue.routines else {"routines"})
    return hashlib.sha256(content.encode()).hexdigest()


def _planned(tx: Tx, session: SessionSeed) -> Planned:
    calendar = WorkingDays(tx.settings.zone)
    day = calendar.plus(calendar.local_day(tx.now), session.in_working_days)
    return Planned(
        session_id=sessions.id_of(session.code),
        code=session.code,
        course=session.course,
        starts_at=datetime.combine(day, session.at, calendar.zone),
        place=session.place,
        seats=session.seats,
    )
