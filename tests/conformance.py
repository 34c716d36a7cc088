"""What the CloudEvents project says of messages on Kafka and of events in JSON, as cases for the door of strangers.

The facts are those of github.com/cloudevents/conformance (features/kafka-protocol-binding.feature and format/json) and
of the Kafka protocol binding 1.0; type and body are those of a submission, since all others are refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloudevents.kafka import KafkaMessage

from shared.events.frontoffice import ComplaintSubmitted
from shared.messaging.record import EPOCH

ID = "1234-1234-1234"
SOURCE, FRAGMENT = "/mycontext/subcontext", "#fragment"
TIME = datetime(2018, 4, 5, 3, 56, 24, tzinfo=UTC)
UNDERSTOOD, NAMELESS = "", "id or source"
JSON_FORMAT = "application/cloudevents+json"
REQUIRED = {"specversion": "1.0", "id": ID, "type": ComplaintSubmitted.type, "source": SOURCE}
DATA = {"category": "undue_delay", "text": "Hello World!"}
VALUE = json.dumps(DATA).encode()
BASE64 = base64.b64encode(VALUE).decode()
EVENT = {**REQUIRED, "time": "2018-04-05T03:56:24Z"}


@dataclass(frozen=True, slots=True)
class Case:
    """A record, the field for which it must be refused (or that it is understood, or has no name), and its time."""

    name: str
    headers: dict[str, str]
    value: bytes | None
    refused: str = UNDERSTOOD
    time: datetime = TIME

    def under(self, made: str) -> KafkaMessage:
        """As it is sent, under an id of its own."""
        value = self.value and self.value.replace(ID.encode(), made.encode())
        headers = {name: text.replace(ID, made).encode() for name, text in self.headers.items()}
        return KafkaMessage(headers, None, value)  # type: ignore[arg-type]  # the SDK's type knows no empty one


def binary(**attributes: Any) -> dict[str, str]:
    """The headers of the binary mode; None leaves an attribute out."""
    return {f"ce_{name}": str(value) for name, value in (EVENT | attributes).items() if value is not None}


def json_event(**members: Any) -> bytes:
    """The JSON format; `...` leaves a member out."""
    document = {**EVENT, "data": DATA, **members}
    return json.dumps({name: value for name, value in document.items() if value is not ...}).encode()


def of_the_kafka_binding() -> Iterator[Case]:
    """The scenarios of the feature, then what the binding says beside them."""
    yield Case("binary", binary() | {"content-type": "application/json"}, VALUE)
    for kind in (JSON_FORMAT, f"{JSON_FORMAT}; charset=utf-8"):
        whole = json_event(datacontenttype="application/json")
        yield Case(f"structured, {kind}", {"content-type": kind}, whole)
    for kind in ("application/json;charset=utf-8", "application/vnd.office+json", "application/octet-stream"):
        yield Case(f"binary, {kind}", binary() | {"content-type": kind}, VALUE)
    yield Case("binary, an extension", binary(partitionkey="counter 7", counter="7"), VALUE)
    yield Case("binary, no value", binary(), None, "data")
    avro = {"content-type": "application/cloudevents+avro"}
    yield Case("binary, an event format of others", binary() | avro, b"\0", "data")
    yield Case("an event format of others", avro, b"\0", NAMELESS, EPOCH)
    yield Case("structured, in capitals", {"content-type": JSON_FORMAT.upper()}, json_event())
    yield Case("structured, without +json", {"content-type": "application/cloudevents; charset=UTF-8"}, json_event())
    yield Case("structured, without a content type", {}, json_event())
    yield Case("structured, headers as well", binary(counter="7") | {"content-type": JSON_FORMAT}, json_event())
    batch = {"content-type": "application/cloudevents-batch+json"}
    yield Case("a batch", batch, b"[" + json_event() + b"]", NAMELESS, EPOCH)
    yield Case("a batch, headers as well", binary() | batch, b"[" + json_event() + b"]", "data")
    yield Case("a type of others", binary(type="com.example.someevent"), VALUE, "type")


TIMES = {
    "2018-04-05T03:56:24.000000000Z": TIME,
    "2018-04-05T04:56:24+01:00": TIME,
    "2018-04-05T02:56:24-01:00": TIME,
    "2018-04-05t03:56:24z": TIME,
    "lunchtime": EPOCH,
    "2018-04-05T03:56:24X": EPOCH,
    "2018-04-05T03:56:24+25:00": EPOCH,
    "2018-04-05T03:56:24+xx:00": EPOCH,
    "2018-04-05T03:56Z": TIME.replace(second=0),
    "2018-04-05T08:56:24+05": TIME,
}
"""The last six are no times by RFC 3339. That makes no event invalid here: the time of arrival counts, unless a moment
is named all the same, as by the last two."""


def of_times() -> Iterator[Case]:
    """Each in both modes, and where there is none."""
    for text, moment in TIMES.items():
        yield Case(f"binary, time {text}", binary(time=text), VALUE, time=moment)
        yield structured(f"time {text}", {"time": text}, time=moment)
    yield Case("binary, no time", binary(time=None), VALUE, time=EPOCH)
    yield structured("no time", {"time": ...}, time=EPOCH)


def structured(name: str, members: dict[str, Any], refused: str = UNDERSTOOD, time: datetime = TIME) -> Case:
    """A case of the JSON format."""
    return Case(f"structured, {name}", {"content-type": JSON_FORMAT}, json_event(**members), refused, time)


OPTIONAL = ("datacontenttype", "dataschema", "subject")
NOT_OURS: list[dict[str, Any]] = [
    {"datacontenttype": "xyz"},
    {"datacontenttype": ""},
    {"dataschema": ""},
    {"subject": ""},
    {"MyExtension": "bad"},
    {"my.extension": "bad"},
    {"my.extension": 1.5},
]
"""Invalid by the specification, in attributes that nothing here depends on: the citizen's report stands."""


def of_the_json_format() -> Iterator[Case]:
    """Events that are valid and that are not."""
    yield structured("optional attributes are null", dict.fromkeys((*OPTIONAL, "time")), time=EPOCH)
    yield structured("optional attributes", {"dataschema": "https://cloudevents.io/dataschema", "subject": "tests"})
    yield structured("a relative source", {"source": FRAGMENT})
    extensions = {"extinteger": 10, "extboolean": True, "extstring": "text", "exturi": "https://cloudevents.io"}
    more = {"exturiref": "//authority/path", "exttimestamp": "2023-03-31T15:12:00Z", "extbinary": "TWE="}
    yield structured("extensions of all types", {**extensions, **more})
    for members in NOT_OURS:
        yield structured(f"{members}", members)
    for name in ("id", "source"):
        yield from (
            structured(f"{name} is {wrong!r}", {name: wrong}, NAMELESS) for wrong in (..., "", 25, {"xyz": "abc"})
        )
    for name in ("type", "specversion"):
        yield from (structured(f"{name} is {wrong!r}", {name: wrong}, name) for wrong in (..., "", 1.0))
    yield structured("specversion is 0.9", {"specversion": "0.9"}, "specversion")


def of_data() -> Iterator[Case]:
    """A submission is a JSON object, as it is or in Base64, and one of the two."""
    yield structured("data_base64", {"data": ..., "data_base64": BASE64})
    yield structured("data_base64, data is null", {"data": None, "data_base64": BASE64})
    yield structured("data, data_base64 is null", {"data_base64": None})
    yield structured("data and data_base64", {"data_base64": BASE64}, "data")
    yield structured("data and a data_base64 that is no text", {"data_base64": 5}, "data")
    yield structured("data_base64 is not Base64", {"data": ..., "data_base64": "{}"}, "data")
    for wrong in (..., None, "Simple text", VALUE.decode(), [DATA], 7, True):
        yield structured(f"data is {wrong!r}", {"data": wrong, "datacontenttype": "text/plain"}, "data")


CASES = [*of_the_kafka_binding(), *of_times(), *of_the_json_format(), *of_data()]
