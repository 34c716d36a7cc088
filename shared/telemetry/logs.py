"""Structured logs of named facts, with ids only: never bodies, names or addresses."""

import logging
import sys
import traceback

import structlog

from shared.telemetry import traces


def configure(service: str) -> None:
    """Log JSON lines to standard error: ours from INFO, the libraries' from WARNING up.

    aiokafka says the same a hundred times while a broker is away, which health tells once; FastStream's warning at
    each start is about topics that we provision ourselves.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=DESCRIBED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("faststream").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*DESCRIBED, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def raised_at(exc_info: structlog.typing.ExcInfo) -> list[str]:
    """Where an error and those behind it were raised, each by its type: its text may hold what somebody sent.

    PostgreSQL's says `Key (email)=(...) already exists`, pydantic's shows the input.
    """
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        told.append(type(error).__qualname__)
        told += [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


def _name_the_trace(_: object, __: str, fact: structlog.typing.EventDict) -> structlog.typing.EventDict:
    trace_id = traces.current_trace()
    if trace_id is not None:
        fact["trace_id"] = trace_id
    return fact


DESCRIBED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    _name_the_trace,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.ExceptionRenderer(raised_at),
]
"""What every line is given, ours and the libraries'."""
