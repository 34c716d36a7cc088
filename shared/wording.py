"""What is wrong with a value, in words for people and never with the value: one table for HTTP bodies and events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.errors import FieldError

IN_WORDS = "in_words"
OTHERWISE = "has a form that is not accepted"
"""Of a kind of mistake that is not in the table: pydantic's own words may hold patterns, and are for programmers."""
A_DAY = "is not a date like 2026-01-31"
A_MOMENT = "must be a time with its offset, like 2026-01-31T08:00:00+07:00"
WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "json_invalid": "is not JSON: {error}",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_short": "has fewer than {min_length} items",
    "too_long": "has more than {max_length} items",
    "string_type": "must be text",
    "string_too_long": "has more than {max_length} characters",
    "string_too_short": "has fewer than {min_length} characters",
    "string_pattern_mismatch": OTHERWISE,
    "string_unicode": "is not text in UTF-8",
    "uuid_parsing": "is not a UUID",
    "uuid_type": "is not a UUID",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a finite number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "date_from_datetime_parsing": A_DAY,
    "date_from_datetime_inexact": A_DAY,
    "date_parsing": A_DAY,
    "date_type": A_DAY,
    "datetime_from_date_parsing": A_MOMENT,
    "datetime_object_invalid": A_MOMENT,
    "datetime_parsing": A_MOMENT,
    "datetime_type": A_MOMENT,
    "timezone_aware": A_MOMENT,
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
}


@dataclass(frozen=True, slots=True)
class InWords:
    """Stands last in an `Annotated`: whatever is wrong with the value is said like this. The JSON schema stays."""

    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(
            handler(source), custom_error_type=IN_WORDS, custom_error_message=self.words
        )


def mistakes(errors: Iterable[Mapping[str, Any]], whole: str = "") -> tuple[FieldError, ...]:
    """Pydantic's errors: the path of each field with dots (`contact.email`), and what is wrong with it.

    `whole` names what was read, where the mistake is in no field of it. FastAPI's paths say where a field was:
    `query.limit`, `header.receipt-code`, and of the body nothing, since that is what a caller thinks of first.
    """
    found = list(errors)
    around = {error["loc"][:n] for error in found for n in range(len(error["loc"]))}
    # Of a tuple pydantic counts only the items that are right: one bad item alone would be "fewer than 1 items", too.
    said = [error for error in found if error["type"] != "too_short" or error["loc"] not in around]
    return tuple(FieldError(_path(error["loc"]) or whole, _in_words(error)) for error in said)


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in (location[1:] if location[:1] == ("body",) else location))


def _in_words(error: Mapping[str, Any]) -> str:
    if error["type"] == IN_WORDS:
        return str(error["msg"])
    return WORDS.get(error["type"], OTHERWISE).format(**error.get("ctx", {}))
