"""Praise as evidence: a citizen has one word of it a quarter, whatever it is for."""

from collections import Counter
from collections.abc import Iterable

from services.evaluation.model.words import Praised


def praise(praised: Iterable[Praised]) -> dict[str, int]:
    """How many words of praise count, by part: of one voice the first (by day, then id). A voice is a quarter's."""
    first: dict[str, Praised] = {}
    for one in sorted(praised, key=lambda one: (one.day, one.complaint_id)):
        first.setdefault(one.voice, one)
    return dict(sorted(Counter(one.part for one in first.values()).items()))
