"""The AsyncAPI document: streams as channels, events as messages, and which service tells or hears them.

The published one is also what the present is compared with, see `compatible`.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from deploy.contracts.declared import OUTSIDE, SERVICES, told_by
from deploy.contracts.golden import Golden, golden, short
from deploy.contracts.schemas import Schema, schemas_of
from shared.events import EVENTS, TOPICS, Event, Kind, Topic

KAFKA = "0.5.0"
"""The version of AsyncAPI's Kafka bindings."""
ABOUT = """\
Facts between the services of Salor, over Kafka, as CloudEvents 1.0 in Kafka's binary binding: attributes as headers
with `ce_`, the body as JSON. Readers ignore fields and types that they do not know: more may come, none goes.

Addresses are those of an installation without a prefix (`SALOR_TOPIC_PREFIX`). To `frontoffice.v1` the structured
form (`application/cloudevents+json`) may be sent, too; the answer comes on `receipts.v1`."""
KINDS = {
    Kind.CHAIN: "Per key `ce_sequence` counts 1, 2, 3: apply the next, drop what was seen, wait for what is missing.",
    Kind.STRANGER: "No sequence: an event is known by its `ce_source` and `ce_id`, and may be sent again as it is.",
    Kind.STATE: "`ce_sequence` is the record's version; only the latest of a key is kept. A higher one replaces it.",
}
TEXT = {"type": "string"}
HEADERS: dict[str, tuple[Mapping[str, Any], str]] = {
    "ce_specversion": ({"const": "1.0"}, "The version of CloudEvents."),
    "ce_id": (TEXT, "Names the event; with `ce_source` for good and all. At most 500 bytes."),
    "ce_source": (TEXT, "Who tells it: `urn:salor:<service>`, or an outside system's own name. At most 500 bytes."),
    "ce_type": (TEXT, "What it is; its last part is the major version."),
    "content-type": ({"const": "application/json"}, "Of the body."),
    "ce_time": ({"type": "string", "format": "date-time"}, "When it was told."),
    "ce_subject": (TEXT, "The key: the aggregate that it is about."),
    "ce_sequence": ({"type": "string", "pattern": "^[1-9][0-9]{0,17}$"}, "Its place among those of its key."),
    "ce_correlationid": (TEXT, "Names the whole flow: the complaint's id, once there is one."),
    "ce_causationid": (TEXT, "The event that caused this one, or the flow's own id."),
    "ce_outboxid": (TEXT, "Its row in the sender's outbox; for the sender itself."),
    "traceparent": (TEXT, "Its place in a trace (W3C Trace Context)."),
}
OPTIONAL = ("ce_outboxid", "traceparent")
STRANGERS = ("ce_specversion", "ce_id", "ce_source", "ce_type")
"""All that is asked of a stranger."""
FRONT_OFFICE = "urn:front-office:counter-1"
TOLD_AT = "2026-03-02T03:04:05.678901Z"


def document() -> dict[str, Any]:
    """The whole document, as data."""
    bodies, schemas = schemas_of(EVENTS)
    operations = {**_told(), **_told_outside(), **_heard()}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:salor",
        "info": {"title": "Salor: events", "version": "1.0.0", "description": ABOUT},
        "defaultContentType": "application/json",
        "channels": {name: _channel(TOPICS[name]) for name in sorted(TOPICS)},
        "operations": {name: operations[name] for name in sorted(operations)},
        "components": {
            "messages": {short(event.type): _message(event, bodies[event]) for event in EVENTS},
            "schemas": {**schemas, **{_headers_name(kind): headers_schema(kind) for kind in Kind}},
            "correlationIds": {
                "flow": {"location": "$message.header#/ce_correlationid", "description": HEADERS["ce_correlationid"][1]}
            },
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    settings = topic.settings
    configuration = {
        "cleanup.policy": [settings["cleanup.policy"]],
        "max.message.bytes": int(settings["max.message.bytes"]),
        **({"retention.ms": int(settings["retention.ms"])} if "retention.ms" in settings else {}),
    }
    return {
        "address": topic.name,
        "description": f"Told by {told_by(topic)}. {KINDS[topic.kind]}",
        "messages": {short(e.type): _ref("components/messages", short(e.type)) for e in EVENTS if e.topic == topic},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": configuration,
                "bindingVersion": KAFKA,
            }
        },
    }


def _told() -> dict[str, Any]:
    return {
        f"{name}.tells.{topic.name}": _operation("send", name, topic, [e for e in service.tells if e.topic == topic])
        for name, service in SERVICES.items()
        for topic in {event.topic for event in service.tells}
    }


def _told_outside() -> dict[str, Any]:
    return {
        f"{topic.sender}.tells.{topic.name}": _operation(
            "send", topic.sender, topic, [event for event in EVENTS if event.topic == topic]
        )
        for topic in OUTSIDE
    }


def _heard() -> dict[str, Any]:
    return {
        f"{name}.hears.{topic.name}": _operation(
            "receive", name, topic, [e for e in service.listens.events if e.topic == topic]
        )
        for name, service in SERVICES.items()
        for topic in service.listens.topics
    }


def _operation(action: str, who: str, topic: Topic, events: list[type[Event]]) -> dict[str, Any]:
    messages = f"channels/{topic.name}/messages"
    return {
        "action": action,
        "title": f"{who} {'tells' if action == 'send' else 'hears'} {', '.join(event.__name__ for event in events)}",
        "channel": _ref("channels", topic.name),
        "messages": [_ref(messages, short(event.type)) for event in events],
        "tags": [{"name": who}],
    }


def _message(event: type[Event], body: Schema) -> dict[str, Any]:
    own = event.topic.kind is not Kind.STRANGER
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").split()),
        "contentType": "application/json",
        "headers": {
            "allOf": [
                _ref("components/schemas", _headers_name(event.topic.kind)),
                {"type": "object", "properties": {"ce_type": {"const": event.type}}},
            ]
        },
        **({"correlationId": _ref("components/correlationIds", "flow")} if own else {}),
        "payload": dict(body),
        "bindings": {"kafka": {"key": {"type": "string", "description": key_in_words(event)}, "bindingVersion": KAFKA}},
        "examples": [
            {"name": kept.name, "headers": example_headers(event, kept), "payload": kept.payload}
            for kept in golden(event)
        ],
        "x-kind": event.topic.kind.value,
        "x-key": event.key_template,
    }


def key_in_words(event: type[Event]) -> str:
    """What an event's key is, in words."""
    words = f"`{event.key_template}`"
    return words if event.topic.kind is not Kind.STRANGER else f"{words}, or any other, or none"


def example_headers(event: type[Event], kept: Golden) -> dict[str, str]:
    """The headers under which a kept body may come; made even where today's class could not read it."""
    made = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event.type} {kept.name}"))
    known = {
        "ce_specversion": "1.0",
        "ce_id": made,
        "ce_source": f"urn:salor:{event.topic.sender}",
        "ce_type": event.type,
        "content-type": "application/json",
        "ce_time": TOLD_AT,
    }
    if event.topic.kind is Kind.STRANGER:
        return {**known, "ce_source": FRONT_OFFICE}
    flow = str(kept.payload.get("complaint_id", made))
    key = event.key_template.format_map(defaultdict(str, kept.payload))
    place = {"ce_subject": key, "ce_sequence": str(kept.payload.get("version", 1))}
    return {**known, **place, "ce_correlationid": flow, "ce_causationid": flow}


def headers_schema(kind: Kind) -> dict[str, Any]:
    """The headers of a stream's records."""
    strange = kind is Kind.STRANGER
    needed = STRANGERS if strange else [name for name in HEADERS if name not in OPTIONAL]
    taken = [*STRANGERS, "content-type", "ce_time", "traceparent"] if strange else HEADERS
    return {
        "type": "object",
        "description": "Headers, as text; names in any case. Others are ignored.",
        "required": [*needed],
        "properties": {name: {**HEADERS[name][0], "description": HEADERS[name][1]} for name in taken},
    }


def _headers_name(kind: Kind) -> str:
    return f"Headers.{kind.value}"


def _ref(place: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/{place}/{name}"}
