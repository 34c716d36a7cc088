"""Requests of officers, under their own tokens, and of reporters, under their codes."""

import uuid
from typing import Any

import httpx

from tests.services.complaints.given import COLLEAGUE


class Office:
    """Requests of officers and reporters."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[uuid.UUID, dict[str, str]]) -> None:
        self.http, self.tokens = http, tokens

    async def list(self, by: uuid.UUID = COLLEAGUE, **filters: Any) -> list[str]:
        answer = await self.http.get("/cases", params=filters, headers=self.tokens[by])
        assert answer.status_code == 200, answer.text
        return [one["complaint_id"] for one in answer.json()["items"]]

    async def see(self, case: str, by: uuid.UUID = COLLEAGUE) -> httpx.Response:
        return await self.http.get(f"/cases/{case}", headers=self.tokens[by])

    async def do(self, case: str, verb: str, by: uuid.UUID = COLLEAGUE, **asked: Any) -> httpx.Response:
        headers = {**self.tokens[by], "Idempotency-Key": str(uuid.uuid4())}
        return await self.http.post(f"/cases/{case}/{verb}", json=asked, headers=headers)

    async def reply(self, code: str, verb: str, key: str | None = None, **asked: Any) -> httpx.Response:
        headers = {"Receipt-Code": code, "Idempotency-Key": key or str(uuid.uuid4())}
        return await self.http.post(f"/complaints/track/{verb}", json=asked, headers=headers)
