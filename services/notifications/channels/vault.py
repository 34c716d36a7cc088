"""The vault of the complaints service: asked for citizens' contacts at delivery time, for a stated purpose."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.notifications.model.deliveries import Contact
from shared.certificates import trusted

TIMEOUT_SECONDS = 5.0


class VaultAway(Exception):
    """The vault did not answer, or not as agreed; the reason is a code."""


class Vault:
    """A client of complaints' internal routes. `bearer` gives our own token."""

    def __init__(
        self, url: str, bearer: Callable[[], Awaitable[str]], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, timeout=TIMEOUT_SECONDS, verify=trusted(), trust_env=False, transport=transport
        )
        self._bearer = bearer

    async def contacts(self, purposes: Mapping[str, Sequence[UUID]]) -> dict[tuple[str, UUID], Contact]:
        """Contacts by (purpose, complaint); a complaint that the vault does not know is missing. Raises VaultAway."""
        asked = [{"purpose": purpose, "complaint_ids": list(map(str, ids))} for purpose, ids in purposes.items()]
        answers = await asyncio.gather(*(self._ask("/internal/contacts", each) for each in asked))
        return {
            (purpose, UUID(each["complaint_id"])): _contact(each)
            for purpose, answer in zip(purposes, answers, strict=True)
            for each in answer.get("contacts", [])
        }

    async def complaint(self, receipt_code: str) -> UUID | None:
        """The complaint that a receipt code opens. Raises VaultAway."""
        answer = await self._ask("/internal/receipts", {"receipt_code": receipt_code}, unknown=404)
        return UUID(answer["complaint_id"]) if answer else None

    async def _ask(self, path: str, body: Mapping[str, Any], unknown: int | None = None) -> dict[str, Any]:
        try:
            headers = {"Authorization": f"Bearer {await self._bearer()}", "Idempotency-Key": str(uuid4())}
            answer = await self._client.post(path, json=body, headers=headers)
            if answer.status_code == unknown:
                return {}
            answer.raise_for_status()
            return dict(answer.json())
        except httpx.HTTPStatusError as error:
            raise VaultAway(f"vault {error.response.status_code}") from error
        except (httpx.HTTPError, OSError, ValueError, LookupError) as error:
            raise VaultAway(f"vault {type(error).__name__}") from error

    async def warm(self) -> None:
        """Fetch our token ahead of the first question, if the issuer is there already."""
        with contextlib.suppress(httpx.HTTPError, OSError, ValueError, LookupError):
            await self._bearer()

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def _contact(each: Mapping[str, Any]) -> Contact:
    return Contact(
        language=each.get("language") or "id",
        name=each.get("name"),
        email=each.get("email"),
        receipt_code=each.get("receipt_code"),
    )
