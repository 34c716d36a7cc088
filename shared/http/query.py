"""What a query may say, where pydantic alone would take more than the contract promises."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

from shared.wording import A_DAY, InWords

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _no_number(value: Any) -> Any:
    """Pydantic takes `0` for the first day of 1970."""
    if isinstance(value, str) and not ISO_DAY.fullmatch(value):
        raise ValueError(A_DAY)
    return value


Day = Annotated[date, BeforeValidator(_no_number), InWords(A_DAY)]
"""A local day, `2026-01-31` and nothing else."""
