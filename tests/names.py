"""Names of a given size in bytes."""

from __future__ import annotations

import random


def text(size: int) -> str:
    """Text of so many bytes that nothing compresses: random characters of four bytes, the last ones of one."""
    chance = random.Random(size)
    return "".join(chr(chance.randrange(0x10000, 0x110000)) for _ in range(size // 4)) + "x" * (size % 4)
