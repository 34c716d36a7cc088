"""What evaluation does when time passes. A subject that ends with an officer's id locks the officer."""

from collections.abc import Sequence

from services.evaluation.actions import contexts, deciding, judging, periods, predicates, reviewing
from shared.messaging.timers import Timers
from shared.messaging.tx import Cause, Name, Tx

timers = Timers()


def officer(subject: str) -> list[Name]:
    """The officer that a subject ends with: the same name as in the handlers."""
    return [("employee", subject.split()[-1])]


@timers.at(reviewing.REVIEW, locks=officer)
async def review(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Look again at evaluations of an officer whom a complaint does not concern any more."""
    await reviewing.review_due(tx, causes)


@timers.at(judging.SILENCE, locks=officer)
async def confirm_by_silence(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Confirm what nobody decided in time."""
    await deciding.confirm_by_silence(tx, causes)


@timers.at(periods.OPEN, daily="00:10")
async def open_periods(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Open the quarter and the year that begin."""
    await periods.open_periods(tx, causes)


@timers.at(periods.CLOSE)
async def close_periods(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Begin to close periods that are over."""
    await periods.close(tx, causes)


@timers.at(periods.ASSESS, locks=officer)
async def assess(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Assess officers for a period."""
    await periods.assess(tx, causes)


@timers.at(predicates.SILENCE, locks=officer)
async def confirm_predicates_by_silence(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Confirm proposed predicates that nobody decided in time, where policy lets silence do so."""
    await predicates.confirm_by_silence(tx, causes)


@timers.at("compute_unit_contexts", daily="02:30")
async def compute_unit_contexts(tx: Tx, causes: Sequence[Cause[str]]) -> None:
    """Compute what is the unit's and not the officer's, before the day begins."""
    await contexts.compute(tx, causes)
