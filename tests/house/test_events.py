"""Every event has a sender that tells it and a listener, or a written reason; and none carries a citizen."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from deploy.contracts.declared import OUTSIDE, UNHEARD, listeners, tellers
from shared.events import EVENTS, Event, Kind
from shared.events.frontoffice import FRONTOFFICE
from tests.house.services import CARDS, NAMES, ROOT, SERVICES

CITIZENS = {
    *("name", "nik", "phone", "email", "contact", "address", "reporter", "reporter_name"),
    *("text", "narrative", "request_number", "receipt_code", "nip"),
}
every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
every_service = pytest.mark.parametrize("name", NAMES)


@every_event
def test_an_event_is_told_by_the_owner_of_its_topic_and_nobody_else(event: type[Event]) -> None:
    assert tellers(event) == ([] if event.topic in OUTSIDE else [event.topic.sender])


@every_event
def test_an_event_is_made_somewhere_in_the_code_of_its_sender(event: type[Event]) -> None:
    """Weaker: `facts_of` has a service tell what none of its actions tells."""
    if event.topic not in OUTSIDE:
        code = [file.read_text() for file in (ROOT / "services" / event.topic.sender).rglob("*.py")]
        assert any(event.__name__ in text for text in code)


@every_event
def test_an_event_has_a_listener_or_a_written_reason(event: type[Event]) -> None:
    assert bool(listeners(event)) is not (event.__name__ in UNHEARD), "listener and reason exclude each other"


def test_the_reasons_are_of_events_that_exist() -> None:
    assert set(UNHEARD) <= {event.__name__ for event in EVENTS}


def test_only_complaints_reads_what_front_offices_send() -> None:
    readers = {name for name, service in SERVICES.items() if FRONTOFFICE in service.listens.topics}
    assert readers == {"complaints"}


@every_event
def test_no_event_of_ours_has_a_field_of_a_citizen(event: type[Event]) -> None:
    if event.topic not in OUTSIDE:
        assert not CITIZENS & set(fields(event)), f"{event.__name__} would keep a citizen's data for ever"


@every_event
def test_an_event_is_blind_to_unknown_fields_and_frozen(event: type[Event]) -> None:
    assert event.model_config.get("extra") == "ignore"
    assert event.model_config.get("frozen")


def test_only_state_is_compacted_and_only_strangers_are_forgotten() -> None:
    for topic in {event.topic for event in EVENTS}:
        assert (topic.settings["cleanup.policy"] == "compact") is (topic.kind is Kind.STATE)
        assert (topic.retention_ms > 0) is (topic.kind is Kind.STRANGER)


@every_service
def test_a_service_card_names_the_events_of_the_code(name: str) -> None:
    listens, tells = (card_line(name, word) for word in ("listens", "tells"))
    assert listens == {event.__name__ for event in SERVICES[name].listens.events}
    assert tells == {event.__name__ for event in SERVICES[name].tells}


def card_line(name: str, word: str) -> set[str]:
    """The events that the row of a service card names."""
    rows = [
        line for line in CARDS[name].read_text().splitlines() if line.lower().replace("*", "").startswith(f"| {word}")
    ]
    assert len(rows) == 1, f"the card of {name} has {len(rows)} rows `{word}`"
    return {event.__name__ for event in EVENTS if event.__name__ in rows[0].replace("`", " ").replace(",", " ").split()}


def fields(model: type[BaseModel]) -> Iterator[str]:
    """The names of a model's fields, and of what they hold."""
    for name, field in model.model_fields.items():
        yield name
        for inner in nested(field.annotation):
            yield from fields(inner)


def nested(annotation: object) -> Iterator[type[BaseModel]]:
    """The models in an annotation, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from nested(part)
