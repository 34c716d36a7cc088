"""Replies, confirmations and objections: what each asks for, and what counts from then on. All refuse in words."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NoReturn
from uuid import UUID

from services.evaluation.model.decisions import Case, Decidable, Objection, Settled, Terms
from services.evaluation.model.policy import ScoringPolicy
from services.evaluation.rules.states import Verb, move
from services.evaluation.rules.superiors import above
from services.evaluation.rules.triggering import hidden_id
from shared.errors import FieldError, Problem
from shared.events.evaluation import Need, Outcome, Status


def moved(case: Decidable, verb: Verb) -> Status:
    """The status after a verb. Raises Problem 409."""
    status = move(case.status, verb)
    if status is None:
        detail = f"This result is {case.status}: it can't {verb}."
        raise Problem(409, "state-does-not-allow", "The result is in another state", detail)
    return status


def refuse_outdated(case: Case, revision: int) -> None:
    """Who decides has read what is decided about. Raises Problem 409."""
    if revision != case.revision:
        detail = "It was computed again since: read the result that shows now, and name its revision."
        raise Problem(409, "revision-outdated", "This is not the latest revision", detail)


def refuse_reply(case: Case, revision: int) -> None:
    """A reply comes while the result is a proposal. Raises Problem 409 or 422.

    It may be about an earlier revision: that a later one waits for its collection must not show.
    """
    if case.status is not Status.PROVISIONAL:
        detail = f"This result is {case.status}. Against a confirmed result you may object, within its term."
        raise Problem(409, "state-does-not-allow", "The result is not provisional any more", detail)
    if revision > case.revision:
        refuse("revision", "is none of this result")


def refuse_assessor(line: Sequence[UUID], by: UUID) -> None:
    """Only the nearest of the line decides. Raises Problem 403."""
    if not line or line[0] != by:
        detail = (
            "The direct superior decides, or who stands in; the next level up where the post is vacant or concerned."
        )
        raise Problem(403, "not-the-assessor", "You are not the one who decides this", detail)


def refuse_unheard(case: Case, terms: Terms, today: date) -> None:
    """The officer is heard first: a reply was given, or its window is over. Raises Problem 409."""
    if not case.replied and today <= terms.reply_until:
        detail = f"The officer may reply until {terms.reply_until}. Decide after that day, or once there is a reply."
        raise Problem(409, "reply-window-open", "The officer has not been heard yet", detail)


def settle(
    case: Case,
    standing: Outcome,
    outcome: Outcome | None,
    tests: Sequence[str] | None,
    *,
    elsewhere: Collection[str],
    policy: ScoringPolicy,
    day: date,
) -> Settled:
    """What counts from now on. Raises Problem 422.

    `standing` counts so far; `outcome` and `tests` (of the needs) are what is asked for instead, none: as it is.
    `elsewhere`: tests whose need another evaluation has opened already; it is never opened twice. `day`: of the ids.
    """
    counts = outcome or standing
    resting = {need.test: need for need in case.needs}
    wanted = set(tests) if tests is not None else set(resting) if counts is Outcome.NEED else set()
    parts = {test.name: part.part for part in case.result.parts for test in part.tests}
    if wanted - parts.keys() - resting.keys():
        refuse("needs", f"holds what is no test of this result; there are: {', '.join(sorted(parts)) or 'none'}")
    if wanted and counts is not Outcome.NEED:
        refuse("needs", f"belong to the outcome `{Outcome.NEED}` only: give it as `outcome`, or leave them out")
    if outcome is Outcome.NEED and standing is not Outcome.NEED and not wanted:
        refuse("needs", "must name the tests that show the need")
    opened = tuple(
        _need(case, test, parts[test], policy, day) for test in sorted(wanted - resting.keys()) if test not in elsewhere
    )
    withdrawn = tuple(resting[test].need_id for test in sorted(resting.keys() - wanted))
    return Settled(
        outcome=counts,
        adjusted=counts is not standing or bool(opened or withdrawn),
        kept=tuple(resting[test] for test in sorted(resting.keys() & wanted)),
        opened=opened,
        withdrawn=withdrawn,
    )


def _need(case: Case, test: str, part: str, policy: ScoringPolicy, day: date) -> Need:
    """A need of its own, never the computed one again: that may have been met, or taken back."""
    need_id = hidden_id(day, f"need {case.evaluation_id} {test} decided about {case.revision}")
    return Need(need_id=need_id, test=test, part=part, dimension=policy.dimension_of(part))


def refuse_without_reasons(settled: Settled, reasons: str | None) -> None:
    """To adjust takes reasons. Raises Problem 422."""
    if settled.adjusted and not reasons:
        refuse("reasons", "must say why the result is another than the computed one")


def refuse_late_objection(case: Decidable, today: date) -> None:
    """An objection comes within its term (PP 30/2019 art. 59). Raises Problem 409."""
    moved(case, Verb.OBJECT)
    assert case.decision is not None, "what is confirmed was decided"
    if today > case.decision.objection_until:
        detail = f"The term to object ended on {case.decision.objection_until}."
        raise Problem(409, "objection-too-late", "It is too late to object", detail)


def pending(case: Decidable) -> Objection:
    """The objection that waits to be decided. Raises Problem 409."""
    moved(case, Verb.DECIDE)
    assert case.objection is not None, "what is suspended was objected to"
    return case.objection


def assessor(case: Decidable, line: Sequence[UUID]) -> UUID | None:
    """Whose decision is objected to; where silence confirmed, or the assessor left, whoever would decide now."""
    by = case.decision.decided_by if case.decision else None
    return by if by in line else line[0] if line else None


def refuse_statement(case: Decidable, line: Sequence[UUID], by: UUID) -> Objection:
    """The assessor is heard once. Gives the objection. Raises Problem 403 or 409."""
    objection = pending(case)
    if by != assessor(case, line):
        raise Problem(403, "not-the-assessor", "You are not the assessor", "The one whose decision it is says so here.")
    if objection.statement is not None:
        raise Problem(409, "stated-already", "There is a statement already", "It stays as it is.")
    return objection


def refuse_objection_decision(case: Decidable, line: Sequence[UUID], by: UUID, today: date) -> Objection:
    """The assessor's superior decides, once both are heard. Gives the objection. Raises Problem 403 or 409."""
    objection = pending(case)
    if by != above(line, assessor(case, line)):
        detail = "The superior of the assessor decides an objection."
        raise Problem(403, "not-the-one-who-decides", "You are not the one who decides this", detail)
    if objection.statement is None and today <= objection.statement_until:
        detail = (
            f"The assessor may state until {objection.statement_until}. Decide after that day, or once that is done."
        )
        raise Problem(409, "assessor-unheard", "The assessor has not been heard yet", detail)
    return objection


def refuse_empty_upholding(upheld: bool, settled: Settled) -> None:
    """Who is right gets another result, who is not keeps it. Raises Problem 422."""
    if upheld and not settled.adjusted:
        refuse("outcome", "must be another than now, or the needs, where the objection is upheld")
    if not upheld and settled.adjusted:
        refuse("upheld", "must be true where the result is set anew")


def refuse(field: str, problem: str) -> NoReturn:
    """Raises Problem 422 for one field."""
    raise Problem(422, "invalid-request", "The request is not valid", errors=[FieldError(field, problem)])
