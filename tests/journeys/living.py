"""Living a planned quarter in a district whose clock a test moves: each day it strikes, then everybody acts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from deploy.local.demo import people
from deploy.local.demo.people import Filed
from deploy.local.demo.world import World
from shared.events import Event
from shared.events.complaints import COMPLAINTS, Finding
from shared.events.evaluation import EVALUATIONS
from shared.events.notifications import NOTIFICATIONS
from tests.journeys.moving_clock import move
from tests.journeys.quarter import Planned
from tests.journeys.still import Still
from tests.journeys.test_deadlines import morning

BY_OFFICER: dict[str, tuple[str, dict[str, str]]] = {
    "handle": ("handle", {}),
    "verify": ("verify", {}),
    "abuse": ("verify", {"category": "abuse_of_authority"}),
    "assign": ("assign", {}),
    "ask": ("ask", {"text": "Pada hari apa Anda datang?"}),
    "note": ("comment", {"text": "Sedang kami periksa.", "audience": "reporter"}),
    "uphold": ("answer", {"text": "Anda benar.", "finding": Finding.UPHELD.value}),
    "dismiss": ("answer", {"text": "Semua sesuai prosedur.", "finding": Finding.REJECTED.value}),
    "answer": ("answer", {"text": "Terima kasih.", "finding": Finding.NOT_JUDGED.value}),
    "revise": ("revise", {"text": "Ternyata tidak terbukti.", "finding": Finding.REJECTED.value}),
    "close": ("close", {}),
    "reject": ("reject", {"text": "Tidak dapat kami proses.", "reason": "unclear"}),
    "pass": ("pass-on", {"text": "Diteruskan.", "authority": "provinsi"}),
    "refer": ("refer", {"text": "Ada dugaan imbalan."}),
}
BY_REPORTER: dict[str, tuple[str, dict[str, Any]]] = {
    "say": ("comment", {"text": "Masih menunggu."}),
    "provide": ("provide", {"text": "Hari Senin."}),
    "accept": ("close", {}),
    "rate": ("rate", {"rating": 4}),
    "reopen": ("reopen", {"text": "Belum selesai."}),
    "withdraw": ("withdraw", {}),
}


@dataclass(slots=True)
class Played:
    """A quarter that was played."""

    world: World
    still: Still
    since: date
    until: date
    plan: list[Planned]
    filed: dict[int, Filed] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)
    facts: list[tuple[date, Event]] = field(default_factory=list)
    """What complaints told, each with its day."""
    _tokens: dict[tuple[str, UUID | None], str] = field(default_factory=dict)

    @property
    def handler(self) -> UUID:
        """Who handles all cases."""
        return self.world.people[people.HANDLER].employee_id

    @property
    def complaints(self) -> Iterator[tuple[Planned, UUID]]:
        """Each complaint as planned, with its id."""
        return ((one, self.filed[one.number].complaint_id) for one in self.plan)

    async def live(self, day: date) -> None:
        """A day: the clock strikes, then everybody does what is planned for it."""
        await move(self.world, morning(day))
        await self.still.fired("complaints")
        await asyncio.gather(*(self._see_to(one, day) for one in self.plan))
        told = await self.still.reached()
        await self._note(day, told[COMPLAINTS.name])

    async def heard(self) -> None:
        """Until the onlooker has everything, too."""
        told = await self.still.reached()
        for topic in (COMPLAINTS, EVALUATIONS, NOTIFICATIONS):
            await self.world.timeline.until(lambda t=topic: len(self._of(t)) >= told[t.name], f"all of {topic.name}")  # type: ignore[misc]

    def _of(self, topic: Any) -> list[Event]:
        return [one.event for one in self.world.timeline.seen if one.event.topic is topic]

    async def _note(self, day: date, told: int) -> None:
        await self.world.timeline.until(lambda: len(self._of(COMPLAINTS)) >= told, f"all that was told on {day}")
        self.facts += [(day, fact) for fact in self._of(COMPLAINTS)[len(self.facts) :]]
        self.states |= {one["state"] for one in await self.cases()}

    async def cases(self) -> list[Any]:
        """All cases, as their handler sees them."""
        headers = await self.somebody("officer", self.handler)
        page = await self.world.get("complaints", "/cases", headers=headers, params={"limit": 200})
        items: list[Any] = page["items"]
        return items

    async def somebody(self, role: str, sub: UUID | None = None) -> dict[str, str]:
        """A token of somebody in a role, kept: each costs a new connection."""
        if (role, sub) not in self._tokens:
            self._tokens[role, sub] = await self.world.stack.token([role], str(sub or uuid4()))
        return {"Authorization": f"Bearer {self._tokens[role, sub]}"}

    async def _see_to(self, one: Planned, day: date) -> None:
        if one.filed_on == day:
            self.filed[one.number] = await self._file(one)
        for on, verb in one.acts():
            if on == day:
                await self._do(one, self.filed[one.number], verb)

    async def _file(self, one: Planned) -> Filed:
        about: dict[str, Any] = {"occurred_on": one.occurred_on.isoformat()}
        if one.story.about == "officer":
            about["employee_id"] = str(self.world.people[one.officer].employee_id)
        elif one.story.about == "service":
            about["service"] = one.service
        if one.visibility != "open":
            about[one.visibility] = True
        return await people.file(self.world, f"kasus{one.number}", one.category, **about)

    async def _do(self, one: Planned, filed: Filed, verb: str) -> None:
        if verb in BY_REPORTER:
            name, body = BY_REPORTER[verb]
            await people.follow(self.world, filed, name, **body)
            return
        name, asked = BY_OFFICER[verb]
        named = {"employee_id": str(self.world.people[one.officer].employee_id)} if verb == "assign" else {}
        path, headers = f"/cases/{filed.complaint_id}/{name}", await self.somebody("officer", self.handler)
        stands = await self.world.post("complaints", path, {**asked, **named}, headers=headers)
        self.states.add(stands["state"])
