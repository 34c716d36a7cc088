"""Three services on benches through which the quarter goes, and the officers who then read all that is theirs."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx

import services.evaluation.app
import services.notifications.app
import services.training.app
from deploy.local.stack import Stack
from services.evaluation.model.policy import ViewPolicy
from services.notifications.actions.deliver import Office
from services.notifications.channels.email import Email
from services.notifications.channels.inbox import Inbox
from services.notifications.channels.letters import Letters
from services.notifications.model.words import Medium
from services.notifications.store.inbox import put_in_inbox
from services.training.actions.catalogue import read_catalogue
from shared.events import Event
from shared.events.complaints import Visibility
from shared.events.directory import EmployeeRecorded
from shared.events.evaluation import EvaluationCompleted
from shared.events.training import EmployeeEnrolled, EmployeeWaitlisted
from shared.service import App, web
from tests.servers import Database, MailSink
from tests.services.evaluation.facts import complaint, delivered, told_at
from tests.services.notifications.office import deliver
from tests.services.notifications.providers import Complaints
from tests.services.notifications.test_channels import SENDER
from tests.services.reporters.attacker import Reading
from tests.services.reporters.quarter import CALENDAR, Case, Request
from tests.services.training.given import load
from tests.support import Bench, bench

OTHERS = "UPDATE delivery SET state = 'suppressed' WHERE audience <> 'employee'"
COLLECT = "UPDATE delivery SET next_at = now()"
COLLECTED_ENROLMENTS = "UPDATE enrolment SET visible_from = now()"
MOMENT = timedelta(milliseconds=40)
"""What evaluating takes."""
SEATS = (EmployeeEnrolled, EmployeeWaitlisted)
SENT = "SELECT delivery_id, event_id FROM delivery"


@dataclass
class World:
    """The services, and who reads over HTTP."""

    evaluation: Bench
    training: Bench
    notifications: Bench
    office: Office
    mails: MailSink
    issuer: Stack
    clients: dict[str, httpx.AsyncClient]
    about: dict[str, Event] = field(default_factory=dict)

    async def goes(self, handled: Sequence[Request], filed: Sequence[Case]) -> None:
        """The quarter in the order in which it happens; what evaluation tells reaches the others at once."""
        happens: list[tuple[datetime, Event]] = [(one.at, _delivered(one)) for one in handled]
        happens += [(case.filed_at, _filed(case)) for case in filed]
        lot: list[tuple[datetime, Event]] = []
        for at, event in sorted(happens, key=lambda one: one[0]):
            if type(event) is not type(lot[-1][1] if lot else event):
                await _run(self.evaluation, lot)
                lot = []
            lot.append((at, event))
        await _run(self.evaluation, lot)
        judged = [event for event in await self.evaluation.told() if isinstance(event, EvaluationCompleted)]
        filed_at = {case.complaint_id: case.filed_at for case in filed}
        when = {event.evaluation_id: filed_at[event.complaint_id] + MOMENT for event in judged}
        told: list[tuple[datetime, Event]] = [(filed_at[event.complaint_id] + MOMENT, event) for event in judged]
        await _run(self.training, told)
        told += [(when[event.evaluation_id], event) for event in await self.training.told() if isinstance(event, SEATS)]
        self.about = await _run(self.notifications, told)
        for sql in (OTHERS, COLLECT):
            await self.notifications.pool.execute(sql)
        while await deliver(self.office, *Medium):
            pass
        await self.training.pool.execute(COLLECTED_ENROLMENTS)

    async def read_by(self, officer: UUID, filed: Sequence[Case]) -> dict[UUID, Reading]:
        """What an officer can read of each complaint: results, reasons, trainings, inbox, mails."""
        texts: dict[str, list[str]] = {}
        results = await self._all(self.evaluation, f"/employees/{officer}/evaluations", officer)
        trainings = await self._all(self.training, f"/employees/{officer}/enrolments", officer)
        for one in results:
            evaluation = one["evaluation_id"]
            reasons = await self._get(self.evaluation, f"/evaluations/{evaluation}/explanation", officer)
            seats = [json.dumps(seat) for seat in trainings if seat["evaluation_id"] == evaluation]
            texts[evaluation] = [json.dumps(one), json.dumps(reasons), *seats]
        said = await self._said(officer)
        for event_id, event in self.about.items():
            if isinstance(event, SEATS) and str(event.evaluation_id) in texts:
                texts[str(event.evaluation_id)] += said.get(event_id, [])
        found = {
            event.complaint_id: [*texts[str(event.evaluation_id)], *said.get(event_id, [])]
            for event_id, event in self.about.items()
            if isinstance(event, EvaluationCompleted) and str(event.evaluation_id) in texts
        }
        view = self.evaluation.policies.in_force(ViewPolicy, "view", on=CALENDAR.local_day(filed[0].filed_at))
        return {
            case.complaint_id: Reading(tuple(found[case.complaint_id]), _arrived(case, view))
            for case in filed
            if case.complaint_id in found
        }

    async def _said(self, officer: UUID) -> dict[str, list[str]]:
        """The messages about each event: the inbox's entries, and mails with all their headers."""
        entries = {
            one["delivery_id"]: json.dumps(one) for one in await self._all(self.notifications, "/inbox", officer)
        }
        mails = {mail.message_id.strip("<>").partition("@")[0]: mail for mail in self.mails.mails()}
        said: dict[str, list[str]] = {}
        for delivery, event in await self.notifications.pool.fetch(SENT):
            mail, entry = mails.get(str(delivery)), entries.get(str(delivery))
            own = [f"Message-ID: {mail.headers['Message-ID']} {mail.subject}\n{mail.text}"] if mail else []
            said.setdefault(event, []).extend([*own, *([entry] if entry else [])])
        return said

    async def _all(self, of: Bench, path: str, officer: UUID) -> list[dict[str, Any]]:
        page = await self._get(of, f"{path}?limit=100", officer)
        items: list[dict[str, Any]] = page["items"]
        while page["next"]:
            page = await self._get(of, f"{path}?limit=100&after={page['next']}", officer)
            items += page["items"]
        return items

    async def _get(self, of: Bench, path: str, officer: UUID) -> dict[str, Any]:
        client = self.clients[of.service.name]
        token = await self.issuer.token(["employee"], str(officer))
        answer = await client.get(path, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def _arrived(case: Case, view: ViewPolicy) -> datetime:
    opened = case.visibility is Visibility.OPEN
    return case.filed_at if opened else CALENDAR.next_opening(case.filed_at, view.collection_at)


def _delivered(one: Request) -> Event:
    used = 40 if one.late else 10
    return delivered(one.officer, day=one.day, used=used, finished_at=one.at, received_at=one.at)


def _filed(case: Case) -> Event:
    return complaint(
        case.request.officer,
        complaint_id=case.complaint_id,
        day=case.request.day,
        filed_at=case.filed_at,
        visibility=case.visibility,
    )


async def _run(at: Bench, lot: Sequence[tuple[datetime, Event]]) -> dict[str, Event]:
    """Run events as one batch, each told at its moment. Gives them by their ids."""
    records = [told_at(at, event, moment) for moment, event in lot]
    if records:
        await at.records(records)
    ids = [value.decode() for record in records for name, value in record.headers if name == "ce_id" and value]
    return dict(zip(ids, (event for _, event in lot), strict=True))


def _doors(at: Bench, issuer: Stack) -> Any:
    """The HTTP side of a service on a bench, with a real issuer."""
    settings = at.settings.model_copy(update={"issuer": issuer.issuer})
    return web(App(at.service, settings, at.pool, at.policies))


@asynccontextmanager
async def world(
    database: Database, mail_sink: MailSink, issuer: Stack, officers: Sequence[UUID]
) -> AsyncIterator[World]:
    """The three services on databases of their own, with their people, courses and a real mail server."""
    async with AsyncExitStack() as stack:
        own = {
            "notifications": {
                "smtp_host": mail_sink.host,
                "smtp_port": mail_sink.port,
                "complaints_url": "http://complaints",
            }
        }
        benches = {
            module.service.name: await stack.enter_async_context(
                bench(module.service, await database(module.service.name), **own.get(module.service.name, {}))
            )
            for module in (services.evaluation.app, services.training.app, services.notifications.app)
        }
        people = [
            EmployeeRecorded(
                employee_id=one,
                version=1,
                name="Sari",
                email=f"{one.int}@salor.example",
                unit="pelayanan",
                position="p",
                superior_id=None,
            )
            for one in officers
        ]
        training, notifications = benches["training"], benches["notifications"]
        await load(training, read_catalogue(training.settings.training_seed))
        for each in benches.values():
            if EmployeeRecorded in each.service.listens.events:
                await each.events(people)
        office = Office(
            notifications.runner,
            Complaints().vault(),
            Letters("Kecamatan Salor", CALENDAR.zone),
            {
                Medium.EMAIL: Email(mail_sink.host, mail_sink.port, SENDER, connections=2, timeout=5),
                Medium.INBOX: Inbox(partial(put_in_inbox, notifications.pool)),
            },
        )
        clients = {
            name: await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(app=_doors(each, issuer)), base_url="http://salor")
            )
            for name, each in benches.items()
        }
        yield World(benches["evaluation"], training, notifications, office, mail_sink, issuer, clients)
        await office.close()
