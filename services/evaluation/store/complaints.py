"""Complaints as evidence, and why a complaint opened no evaluation."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.evaluation.model.words import Asked, Claim, Ending, Finding, Reason, Reported
from shared.events.complaints import Trigger, Visibility
from shared.messaging.tx import Tx

RECORD_COMPLAINTS = """INSERT INTO complaint (complaint_id, employee_id, incident_id, category, part, trigger, day,
    filed_at, voice, visibility, service, unit, verified, linked_to)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[],
    $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::uuid[])
    AS given(complaint_id)
ORDER BY complaint_id
ON CONFLICT (complaint_id) DO UPDATE SET employee_id = excluded.employee_id, incident_id = excluded.incident_id,
    category = excluded.category, part = excluded.part, trigger = excluded.trigger, day = excluded.day,
    visibility = excluded.visibility, service = excluded.service, unit = excluded.unit, verified = excluded.verified,
    linked_to = excluded.linked_to"""

REPORTED = """SELECT complaint_id, employee_id, incident_id, category, part, trigger, day, filed_at, voice, visibility,
    service, unit, verified, linked_to, ended
FROM complaint WHERE complaint_id = ANY($1::uuid[])"""

# What is said again changes nothing, so it is not among what comes back.
FIND = """UPDATE complaint SET finding = given.finding, ended = given.ended
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given(complaint_id, finding, ended)
WHERE complaint.complaint_id = given.complaint_id
    AND (complaint.finding, complaint.ended) IS DISTINCT FROM (given.finding, given.ended)
RETURNING complaint.complaint_id, employee_id, incident_id"""

STATE_REASONS = """WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::text[]) AS given(complaint_id, reason)
), settled AS (
    DELETE FROM no_evaluation USING given WHERE no_evaluation.complaint_id = given.complaint_id AND given.reason IS NULL
)
INSERT INTO no_evaluation (complaint_id, reason)
SELECT complaint_id, reason FROM given WHERE reason IS NOT NULL ORDER BY complaint_id
ON CONFLICT (complaint_id) DO UPDATE SET reason = excluded.reason"""

CLAIMS_OF = """SELECT employee_id, incident_id, part, day, voice, finding,
    CASE WHEN visibility <> 'open' THEN filed_at END AS hidden_at
FROM unnest($1::uuid[], $2::date[], $3::date[]) AS asked(employee_id, since, until)
JOIN complaint USING (employee_id)
WHERE day BETWEEN since AND until AND part IS NOT NULL AND (trigger = 'at_filing' OR trigger <> 'never' AND verified)
    AND finding <> 'not_judged'"""


async def record(tx: Tx, reported: Sequence[Reported]) -> None:
    """Keep complaints as they stand now."""
    await tx.execute(
        RECORD_COMPLAINTS,
        [one.complaint_id for one in reported],
        [one.employee_id for one in reported],
        [one.incident_id for one in reported],
        [one.category for one in reported],
        [one.part for one in reported],
        [one.trigger for one in reported],
        [one.day for one in reported],
        [one.filed_at for one in reported],
        [one.voice for one in reported],
        [one.visibility for one in reported],
        [one.service for one in reported],
        [one.unit for one in reported],
        [one.verified for one in reported],
        [one.linked_to for one in reported],
    )


async def reported(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Reported]:
    """Complaints as they are kept, by id."""
    return {
        row["complaint_id"]: Reported(
            **{
                **row,
                "trigger": Trigger(row["trigger"]),
                "visibility": Visibility(row["visibility"]),
                "ended": row["ended"] and Ending(row["ended"]),
            }
        )
        for row in await tx.fetch(REPORTED, list(ids))
    }


async def state_reasons(tx: Tx, reasons: Mapping[UUID, Reason | None]) -> None:
    """Keep why complaints opened no evaluation; none takes an earlier reason back."""
    await tx.execute(STATE_REASONS, list(reasons), list(reasons.values()))


async def find(
    tx: Tx, found: Sequence[tuple[UUID, Finding, Ending | None]]
) -> dict[UUID, tuple[UUID | None, UUID | None]]:
    """Keep what was found of complaints. Gives officer and incident of those of which that is new."""
    rows = await tx.fetch(
        FIND, [one for one, _, _ in found], [finding for _, finding, _ in found], [ended for _, _, ended in found]
    )
    return {complaint: (employee, incident) for complaint, employee, incident in rows}


async def claims_of(tx: Tx, asked: Collection[Asked]) -> dict[UUID, tuple[Claim, ...]]:
    """Each officer's complaints that are evidence, by themselves or once a person looked, in the days asked for."""
    rows = await tx.fetch(
        CLAIMS_OF,
        [one.employee_id for one in asked],
        [one.since for one in asked],
        [one.until for one in asked],
    )
    found: dict[UUID, list[Claim]] = defaultdict(list)
    for employee, incident, part, day, voice, finding, hidden_at in rows:
        found[employee].append(Claim(str(incident), part, day, voice, Finding(finding), hidden_at))
    return {one.employee_id: tuple(found[one.employee_id]) for one in asked}
