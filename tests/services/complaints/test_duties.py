"""The roster as the directory tells it, and the candidates that an officer is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx

from deploy.local.stack import Stack
from shared.events.directory import DutyRecorded
from tests.services.complaints.given import COLLEAGUE, DAYS, OFFICER, local
from tests.services.complaints.test_http import bearer, file
from tests.support import Bench

DAY = DAYS.local_day(datetime.now(UTC)) - timedelta(days=1)
OTHER = UUID(int=0xC)


def duty(n: int, officer: UUID, since: int, until: int, **more: Any) -> DutyRecorded:
    """A duty on `DAY`, from one hour to another."""
    fields = {
        "duty_id": uuid5(UUID(int=0), f"duty {n}"),
        "version": 1,
        "unit": "pelayanan",
        "counter": "loket-1",
        "employee_id": officer,
        "since": local(DAY, since),
        "until": local(DAY, until),
    }
    return DutyRecorded(**{**fields, **more})


async def asked(http: httpx.AsyncClient, issuer: Stack, complaint_id: object, **query: str) -> httpx.Response:
    headers = await bearer(issuer, "officer")
    return await http.get(f"/cases/{complaint_id}/candidates", params=query, headers=headers)


async def complaint(http: httpx.AsyncClient, **more: Any) -> str:
    """A complaint about a service on that day, without a request number."""
    filed = await file(http, **{"service": "skck", "occurred_on": DAY.isoformat(), **more})
    return str(filed.json()["complaint_id"])


def confidences(answer: httpx.Response) -> dict[str, float]:
    assert answer.status_code == 200, answer.text
    return {one["employee_id"]: one["confidence"] for one in answer.json()["candidates"]}


async def test_who_was_on_duty_for_the_service_is_a_candidate_by_the_share_of_the_time(
    http: httpx.AsyncClient, complaints: Bench, issuer: Stack
) -> None:
    await complaints.events(
        [
            duty(1, OFFICER, 8, 12, services=("skck", "ktp")),
            duty(2, COLLEAGUE, 10, 12, counter="loket-2"),
            duty(3, OTHER, 8, 12, services=("pindah",)),
            duty(4, OTHER, 8, 12, unit="kesra"),
        ]
    )
    complaint_id = await complaint(http)
    assert confidences(await asked(http, issuer, complaint_id)) == {str(OFFICER): 0.75, str(COLLEAGUE): 0.25}
    assert confidences(await asked(http, issuer, complaint_id, counter="loket-2")) == {str(COLLEAGUE): 1.0}
    early = {"since": local(DAY, 8).isoformat(), "until": local(DAY, 10).isoformat()}
    answer = await asked(http, issuer, complaint_id, **early)
    assert confidences(answer) == {str(OFFICER): 1.0}
    assert answer.json()["covered"] == 1.0


async def test_the_latest_version_of_a_duty_stands(http: httpx.AsyncClient, complaints: Bench, issuer: Stack) -> None:
    await complaints.events([duty(1, OFFICER, 8, 12), duty(2, COLLEAGUE, 8, 12)])
    await complaints.events([duty(1, OFFICER, 8, 8, version=2)])
    assert confidences(await asked(http, issuer, await complaint(http))) == {str(COLLEAGUE): 1.0}


async def test_what_cannot_be_asked_is_refused_in_words(http: httpx.AsyncClient, issuer: Stack) -> None:
    assert (await asked(http, issuer, uuid4())).status_code == 404
    placeless = await asked(http, issuer, await complaint(http, service=None))
    assert (placeless.status_code, placeless.json()["type"]) == (409, "urn:salor:problem:unit-unknown")
    half = await asked(http, issuer, await complaint(http), since=local(DAY, 8).isoformat())
    assert [error["field"] for error in half.json()["errors"]] == ["query.until"]
