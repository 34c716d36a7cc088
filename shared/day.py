"""A local day as somebody says it, where pydantic alone would take more than the contract promises."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

from shared.wording import A_DAY, InWords

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _a_day(value: Any) -> Any:
    """Pydantic takes a moment at midnight, and seconds since 1970, also as text: `0` for the first day of 1970."""
    if isinstance(value, date) or (isinstance(value, str) and ISO_DAY.fullmatch(value)):
        return value
    raise ValueError(A_DAY)


Day = Annotated[date, BeforeValidator(_a_day), InWords(A_DAY)]
"""A local day, `2026-01-31` and nothing else."""
