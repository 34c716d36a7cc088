"""What the complaints service needs beyond the chassis: keys, and how it posts answers to offices."""

from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from shared.keys import DatedKeys, parse
from shared.settings import Settings

QUARTERS = range(1, 13, 3)


class ComplaintSettings(Settings):
    """`HEX`, and after a rotation `HEX,2026-10:HEX`: a new key begins by itself, an old one stays as long as needed.

    A reporter key begins with a quarter, so that no citizen has two voices in one.
    """

    receipt_keys: Annotated[DatedKeys, NoDecode, BeforeValidator(parse)]
    reporter_keys: Annotated[DatedKeys, NoDecode, BeforeValidator(partial(parse, months=QUARTERS))]
    webhook_private: bool = Field(
        default=False, description="answers may also be posted by plain http, and to addresses that are not public"
    )
    webhook_seconds: float = Field(default=10.0, gt=0, description="in which an endpoint must have answered")
    webhook_failing_days: float = Field(
        default=5.0,
        gt=0,
        description="own choice: a delivery is given up, and a webhook that takes none disabled, then",
    )
    webhook_log_days: int = Field(default=30, ge=1, description="own choice: so long a delivery is kept")
