"""The body of an event: checked against its type, or the reason why it can't be read."""

import re
from typing import Any

from pydantic import ValidationError

from shared import null_characters, repeated_names
from shared.errors import FieldError
from shared.events import Event, Kind
from shared.messaging.record.envelope import ATTRIBUTES, LONGEST, Unreadable, parsed
from shared.messaging.record.message import Message, Reading
from shared.wording import mistakes

SIGNS = re.compile(b"|".join(map(re.escape, (null_characters.ESCAPED, b"NaN", b"Infinity"))))
"""Of null characters, and of numbers that are none: a body without these words holds neither."""


def blame(message: Message, reason: str, *fields: str) -> None:
    """The attributes, or the parts of the body, for which a record can't be read."""
    message.reason, message.problems = reason, tuple(FieldError(field, reason) for field in fields)


def read_event(message: Message, kind: type[Event], data: Any) -> None:
    """Turn the body into its event, or say what is wrong with it."""
    try:
        event = kind.model_validate_json(data) if isinstance(data, bytes) else kind.model_validate(_checked(data))
        _refuse_bad_json(message, kind, data)
        _refuse_other_key(message, event)
        message.event, message.reading = event, Reading.EVENT
    except ValidationError as error:
        message.problems = mistakes(error.errors(include_input=False, include_url=False), whole="data")
        message.reason = "; ".join(f"{p.field} {p.problem}" for p in message.problems)[:LONGEST]
    except Unreadable as error:
        reason, *fields = error.args
        blame(message, reason, *fields or ["data"])


def _checked(data: Any) -> Any:
    """A structured body, read strictly as JSON would be: times and ids as text."""
    if isinstance(data, Unreadable):
        raise data
    if not isinstance(data, dict):
        raise Unreadable("a JSON object was expected")
    return data


def _refuse_other_key(message: Message, event: Event) -> None:
    """Under another's key it would take its turn among the other's events, and its own would not wait for it."""
    if message.topic.kind is not Kind.STRANGER and message.key != event.key:
        raise Unreadable(f"the record's key is not the body's {event.key_template}")


def _refuse_bad_json(message: Message, kind: type[Event], data: Any) -> None:
    """What the model passes over. What is plainly not there is not looked for: our own events hold none of it."""
    stranger = message.topic.kind is Kind.STRANGER
    raw = data if isinstance(data, bytes) else message.record.value or b""
    if not stranger and not SIGNS.search(raw):
        return
    value = parsed(raw, "is not JSON")
    if null_characters.ESCAPED in raw and next(null_characters.paths(value if raw is data else data), None) is not None:
        raise Unreadable("null characters are not text")
    repeated = repeated_names.paths(raw) if stranger else []
    if repeated:
        fields = {_known(kind, path if raw is data or path[0] != "data" else path[1:]) for path in repeated}
        raise Unreadable(f"a name {repeated_names.REPEATED}", *sorted(fields))


def _known(kind: type[Event], path: tuple[str, ...]) -> str:
    """The field or the attribute that holds a place; `data` where we know none, since a name may be any text."""
    return path[0] if path and path[0] in (*kind.model_fields, *ATTRIBUTES) else "data"
