"""What a field must be, in words: people are told this instead of a pattern."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class InWords:
    """Stands last in an `Annotated`: whatever is wrong with the value is said like this. The JSON schema stays."""

    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(
            handler(source), custom_error_type="in_words", custom_error_message=self.words
        )
