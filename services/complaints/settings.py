"""What the complaints service needs beyond the chassis: the keys of receipt codes and of reporter references."""

from functools import partial
from typing import Annotated

from pydantic import BeforeValidator
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
