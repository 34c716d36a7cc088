"""What a reporter does with the own case by HTTP. The receipt code travels in a header, never in an address."""

from typing import Annotated

from fastapi import Header
from pydantic import BaseModel
from starlette.responses import Response

from services.complaints.actions import replying
from services.complaints.actions.cases import names
from services.complaints.api.reports import tracked
from services.complaints.model.cases import Nothing, OnCase, OwnCaseStands, Rate, Text
from shared.http import Call, CallContext, Reader, Router, authority, refuses
from shared.http.context import ReadContext
from shared.messaging.requests import Command

PROVIDE = Command("reporter provides", replying.provide, locks=names)
COMMENT = Command("reporter comments", replying.comment, locks=names)
CLOSE = Command("reporter closes", replying.close, locks=names)
REOPEN = Command("reporter reopens", replying.reopen, locks=names)
RATE = Command("reporter rates", replying.rate, locks=names)
WITHDRAW = Command("reporter withdraws", replying.withdraw, locks=names)

PUBLIC = authority.public()
REFUSED = refuses({404: "No report has this receipt code", 409: "The case does not allow this now"})
Code = Annotated[str, Header(alias="Receipt-Code", max_length=60)]

routes = Router()


@routes.post("/complaints/track/provide", response_model=OwnCaseStands, dependencies=[PUBLIC], responses=REFUSED)
async def provide(code: Code, asked: Text, call: Call, read: Reader) -> Response:
    """Give what was asked for; the case goes on."""
    return await _run(call, read, code, PROVIDE, asked)


@routes.post("/complaints/track/comment", response_model=OwnCaseStands, dependencies=[PUBLIC], responses=REFUSED)
async def comment(code: Code, asked: Text, call: Call, read: Reader) -> Response:
    """Say something on the case."""
    return await _run(call, read, code, COMMENT, asked)


@routes.post("/complaints/track/close", response_model=OwnCaseStands, dependencies=[PUBLIC], responses=REFUSED)
async def close(code: Code, call: Call, read: Reader) -> Response:
    """Be satisfied with the answer: the case is closed."""
    return await _run(call, read, code, CLOSE, Nothing())


@routes.post("/complaints/track/reopen", response_model=OwnCaseStands, dependencies=[PUBLIC], responses=REFUSED)
async def reopen(code: Code, asked: Text, call: Call, read: Reader) -> Response:
    """Be not satisfied with the answer, and say why: the case goes on."""
    return await _run(call, read, code, REOPEN, asked)


@routes.post("/complaints/track/rate", response_model=OwnCaseStands, dependencies=[PUBLIC], responses=REFUSED)
async def rate(code: Code, asked: Rate, call: Call, read: Reader) -> Response:
    """Say how satisfied you are with the handling, once."""
    return await _run(call, read, code, RATE, asked)


@routes.post("/complaints/track/withdraw", response_model=OwnCaseStands, dependencies=[PUBLIC], responses=REFUSED)
async def withdraw(code: Code, call: Call, read: Reader) -> Response:
    """Take the complaint back."""
    return await _run(call, read, code, WITHDRAW, Nothing())


async def _run(call: CallContext, read: ReadContext, code: str, command: Command, asked: BaseModel) -> Response:
    complaint_id = (await tracked(read, code))["complaint_id"]
    return await call.run(command, OnCase(complaint_id=complaint_id, asked=asked))
