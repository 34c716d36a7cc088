"""A front office in JavaScript: what the official SDK makes of a submission, sent by KafkaJS from Node, is answered."""

from __future__ import annotations

import uuid
from itertools import product
from typing import Any

from deploy.local.demo.world import World
from shared.events.complaints import SubmissionAccepted, SubmissionRefused
from shared.events.frontoffice import FRONTOFFICE, ComplaintSubmitted
from tests.journeys.strangers import JAVASCRIPT, send_from_javascript
from tests.journeys.test_front_office import TOLD, read
from tests.journeys.test_integration import PAGE, blocks

TEXT = "Menunggu 3 jam – “besok saja”, katanya. 等了很久 😤"
BODY = {"category": "undue_delay", "text": TEXT}
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "none but the required": {},
    "the type of the data": {"datacontenttype": "application/json"},
    "a charset": {"datacontenttype": "application/json; charset=utf-8"},
    "a time of its own": {"time": "2026-03-02T08:00:00.123+07:00"},
    "a partition key": {"partitionkey": "counter 7"},
    "extensions": {"counter": 7, "urgent": True, "dataschema": "urn:x", "subject": "s"},
}
DATA = [
    ("binary", "object"),
    ("binary", "text"),
    ("binary", "bytes"),
    ("structured", "object"),
    ("structured", "bytes"),
]
KEPT = "SELECT count(*) FROM complaint WHERE source = $1 AND text = $2"


def submission(form: str, given: str, source: str, **more: Any) -> dict[str, Any]:
    """A line for the script; `given` is how the office hands the body to the SDK."""
    named = {"type": ComplaintSubmitted.type, "source": source, "id": str(uuid.uuid4())}
    return {"form": form, "as": given, "event": {**named, "data": BODY, **more}}


async def send(world: World, *submissions: dict[str, Any]) -> None:
    """Send, and wait until complaints has settled it."""
    await read(world, await send_from_javascript(world.stack.kafka, world.prefix + FRONTOFFICE.name, submissions))


async def test_a_submission_in_any_form_is_answered_once(world: World) -> None:
    """Each is sent twice, as after a lost acknowledgement."""
    source = "urn:javascript"
    sent = {
        f"{form}, data as {given}, with {what}": submission(form, given, source, **more)
        for (form, given), (what, more) in product(DATA, ATTRIBUTES.items())
    }
    await send(world, *sent.values(), *sent.values())
    names = {each["event"]["id"]: what for what, each in sent.items()}
    assert await world.value("complaints", TOLD, [source]) == len(sent)
    answers = await world.timeline.several(len(sent), SubmissionAccepted, source=source)
    assert sorted(names[answer.submission] for answer in answers) == sorted(sent)
    assert await world.value("complaints", KEPT, source, TEXT) == len(sent)


async def test_a_body_that_the_office_made_text_itself_is_refused_in_the_structured_form(world: World) -> None:
    """The SDK puts it into the envelope as one JSON string. In the binary form it is the body."""
    one = submission("structured", "text", "urn:javascript:text")
    await send(world, one)
    told = await world.timeline.one(SubmissionRefused, submission=one["event"]["id"])
    assert [(problem.field, problem.problem) for problem in told.problems] == [("data", "a JSON object was expected")]


def test_the_javascript_of_the_guide_is_what_is_sent_here() -> None:
    assert [block for block in blocks(PAGE, "js") if block not in (JAVASCRIPT / "send.js").read_text()] == []
    assert blocks(PAGE, "js")
