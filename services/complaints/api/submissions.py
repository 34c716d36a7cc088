"""The door of offices that can't speak Kafka: the events of `frontoffice.v1` by HTTP, under the office's token."""

import asyncio
import json
from typing import Annotated

from fastapi import Body
from pydantic import SkipValidation

from services.complaints.actions import submissions
from services.complaints.api.tokens import OFFICE
from services.complaints.model.offices import EVENT, Accepted, Answered, Line, Lot, Standing, SubmissionEvent
from services.complaints.model.rows import State
from services.complaints.rules.states import PUBLIC
from services.complaints.store.complaints import STANDING
from shared.errors import FieldError, Problem
from shared.events.complaints import FieldProblem
from shared.events.frontoffice import FRONTOFFICE
from shared.http import Post, PostContext, Reader, Router, known_by, ndjson, refuses
from shared.messaging.record import STRUCTURED
from shared.messaging.requests import Command
from shared.messaging.strangers import Posted, posted
from shared.telemetry import traces

SUBMIT = Command("submit", submissions.answer)
MOST_LINES = 100
KNOWN = known_by("an event is known by its source and id, by whichever door it comes")
LINES = ndjson.body(f"At most {MOST_LINES} lines, each a `SubmissionEvent`", f"{json.dumps(EVENT)}\n")

routes = Router()


@routes.post(
    "/submissions",
    status_code=201,
    dependencies=[OFFICE],
    responses=refuses({403: "The event's source is not the token's", 409: "It came before, and became no complaint"}),
    openapi_extra=KNOWN,
)
async def submit(
    event: Annotated[SkipValidation[SubmissionEvent], Body(media_type=STRUCTURED)],  # read as the topic's are
    call: Post,
) -> Accepted:
    """Submit one event. The answer is the one that `receipts.v1` gets too; a repetition gets it again."""
    answered = await _answer(call, _posted(await call.request.body()))
    if not answered.accepted:
        errors = [FieldError(each.field, each.problem) for each in answered.problems]
        raise Problem(422, "submission-refused", "The submission could not be accepted", errors=errors)
    return Accepted(submission=answered.submission, complaint_id=answered.complaint_id)


@routes.post("/submissions/lot", dependencies=[OFFICE], openapi_extra={**KNOWN, **LINES})
async def submit_lot(call: Post) -> Lot:
    """Submit several events, a line each; every line has an answer of its own. After a 503 send all of them again."""
    lines = await ndjson.lines(call.request, MOST_LINES)
    return Lot(answers=await asyncio.gather(*(_line(call, line, content) for line, content in lines)))


@routes.get(
    "/submissions/{submission:path}",
    dependencies=[OFFICE],
    responses=refuses({404: "No complaint came of a submission of this office with this id"}),
)
async def standing(submission: str, call: Post, read: Reader) -> Standing:
    """Where the complaint of an own submission stands."""
    rows = await read.fetch(STANDING, call.principal, submission)
    if not rows:
        raise Problem(404, "unknown-submission", "No complaint came of a submission with this id")
    return Standing(submission=submission, **{**rows[0], "status": PUBLIC[State(rows[0]["status"])]})


async def _answer(call: PostContext, event: Posted) -> Answered:
    if event.message.source != call.principal:
        errors = [FieldError("source", "is not the one of this token")]
        raise Problem(403, "foreign-source", "An office submits under its own source", errors=errors)
    return Answered(**await call.post(SUBMIT, event))


async def _line(call: PostContext, line: int, content: bytes) -> Line:
    """The answer to a line. Raises Problem for what is not the line's fault."""
    submission = None
    try:
        event = _posted(content)
        submission = event.message.id
        return Line(line=line, **(await _answer(call, event)).model_dump())
    except Problem as problem:
        if problem.status >= 500:
            raise
        problems = tuple(FieldProblem(field=each.field, problem=each.problem) for each in problem.errors)
        return Line(line=line, submission=submission, accepted=False, problems=problems)


def _posted(content: bytes) -> Posted:
    return posted(FRONTOFFICE, content, traces.current())
