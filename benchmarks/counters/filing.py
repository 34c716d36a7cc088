"""Complaints filed by HTTP: what a lot of them asks of the database, behind the route."""

from __future__ import annotations

from random import Random

from benchmarks.counters.hop import LOT, ROUNDS, SEED, WARM, middle
from benchmarks.counters.tally import heard, wal
from services.complaints.api.reports import FILE
from services.complaints.app import service
from services.complaints.model.documents import Filing
from shared.events.frontoffice import ComplaintSubmitted, Contact
from shared.messaging.requests import Call
from tests.support import bench

TEXT = "The document was promised for last week."
KEYS = {"receipt_keys": "11" * 32, "reporter_keys": "22" * 32}


async def filings(database: str) -> dict[str, float]:
    """The counters of one filing alone and of many in a lot, on a database of complaints."""
    draw = Random(SEED)
    rounds: list[dict[str, float]] = []
    async with bench(service, database, **KEYS) as at, heard(at.pool) as tally, wal(database) as written:
        for _ in range(WARM + ROUNDS):
            trips = tally.trips
            await at.requests.settle(_calls(draw, 1))
            alone, trips, before = tally.trips - trips, tally.trips, await written()
            await at.requests.settle(_calls(draw, LOT))
            together, wal_bytes = tally.trips - trips, await written() - before
            rounds.append(
                {
                    "filing: round trips of one": alone,
                    f"filing: round trips of {LOT}": together,
                    f"filing: bytes of WAL each, of {LOT}": round(wal_bytes / LOT, 1),
                }
            )
    return middle(rounds[WARM:])


def _calls(draw: Random, count: int) -> list[Call]:
    return [_call(draw.getrandbits(128)) for _ in range(count)]


def _call(drawn: int) -> Call:
    """By somebody new from somewhere new, so that no limit is in the way."""
    said = ComplaintSubmitted(category="undue_delay", text=TEXT, contact=Contact(email=f"{drawn:032x}@warga.example"))
    address = f"10.{drawn >> 16 & 255}.{drawn >> 8 & 255}.{drawn & 255}"
    return Call(FILE, Filing(submission=said, address=address), "public", f"{drawn:032x}")
