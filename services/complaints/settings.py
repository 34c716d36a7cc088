"""What the complaints service needs beyond the chassis: the two keys of the vault."""

import re

from pydantic import SecretStr, field_validator

from shared.settings import Settings


class ComplaintSettings(Settings):
    """Keys are 64 hex digits. Changing one voids all receipt codes, or begins new reporter references."""

    receipt_key: SecretStr
    reporter_key: SecretStr

    @field_validator("receipt_key", "reporter_key")
    @classmethod
    def hex_64(cls, value: SecretStr) -> SecretStr:
        """256 bits, so that nobody guesses a code or a reference."""
        if not re.fullmatch(r"[0-9a-f]{64}", value.get_secret_value()):
            raise ValueError("must be 64 hex digits in lower case, e.g. from `openssl rand -hex 32`")
        return value

    @property
    def receipt_secret(self) -> bytes:
        """The key of receipt codes."""
        return bytes.fromhex(self.receipt_key.get_secret_value())

    @property
    def reporter_secret(self) -> bytes:
        """The key of reporter references and of counted addresses."""
        return bytes.fromhex(self.reporter_key.get_secret_value())
