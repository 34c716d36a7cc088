"""Corrections of service records: who may correct what, until when, and which one stands."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.complaints.model.policies import CorrectionsPolicy
from services.complaints.model.rows import ServiceRecord
from services.complaints.rules import corrections, records
from services.complaints.rules.corrections import Judging
from services.complaints.rules.records import Taken, take
from shared.events.complaints import ServiceDelivered, ServiceRevised
from shared.events.frontoffice import ServiceCorrected
from tests.services.complaints.given import (
    COLLEAGUE,
    DAYS,
    MONDAY,
    OFFICER,
    PINDAH,
    POLICIES,
    POLICY,
    SKCK,
    a_cancellation,
    a_completion,
    a_correction,
    a_record,
    a_request,
    local,
)

CORRECTIONS = POLICIES.in_force(CorrectionsPolicy, "corrections", MONDAY)
TODAY = local(MONDAY + timedelta(days=3), 9)
LAST_DAY = MONDAY + timedelta(days=CORRECTIONS.within_days.value)
SEEN = Judging("urn:test", (SKCK,), DAYS, POLICY, CORRECTIONS, TODAY)
FINISHED = a_record(a_completion())
OPEN = a_record(a_request())
OVERDUE = records.overdue(OPEN)
CANCELLED = replace(FINISHED, revision=1, cancelled="entered twice")


def correct(told: ServiceCorrected, known: ServiceRecord = FINISHED, **seen: Any) -> Taken:
    return corrections.correct(told, known, replace(SEEN, **seen))


def corrected(told: ServiceCorrected, known: ServiceRecord = FINISHED) -> ServiceRecord:
    record = correct(told, known).record
    assert record is not None
    return record


@pytest.mark.parametrize("known", [FINISHED, OPEN, OVERDUE], ids=["finished", "open", "overdue"])
def test_a_correction_is_complete_in_itself(known: ServiceRecord) -> None:
    right = a_completion(minutes=25, employee_id=COLLEAGUE, unit="kesra")
    record = corrected(a_correction(minutes=25, employee_id=COLLEAGUE, unit="kesra"), known)
    assert record == replace(a_record(right), revision=1)


@pytest.mark.parametrize(
    ("told", "known", "seen", "fields"),
    [
        pytest.param(a_correction(), FINISHED, {"source": "urn:other"}, ["record_id"], id="of another office"),
        pytest.param(a_cancellation(), FINISHED, {"source": "urn:other"}, ["record_id"], id="cancelled by another"),
        pytest.param(
            a_correction(), replace(FINISHED, request_number="REQ-9"), {}, ["request_number"], id="another number"
        ),
        pytest.param(a_correction(2), CANCELLED, {}, ["record_id"], id="of a cancelled record"),
        pytest.param(a_cancellation(2), CANCELLED, {}, ["record_id"], id="cancelled twice"),
        pytest.param(a_correction(), FINISHED, {"now": local(LAST_DAY, 23)}, [], id="on the last day"),
        pytest.param(
            a_correction(), FINISHED, {"now": local(LAST_DAY + timedelta(1), 1)}, ["record_id"], id="after it"
        ),
        pytest.param(
            a_correction(received_at=local(date(2026, 2, 2), 9)), FINISHED, {}, ["corrected.received_at"], id="far back"
        ),
        pytest.param(a_correction(minutes=-1), FINISHED, {}, ["corrected.completed_at"], id="an impossible time"),
        pytest.param(a_correction(service="nope"), FINISHED, {"standards": ()}, ["corrected.service"], id="no service"),
        pytest.param(
            a_correction(minutes=6), corrected(a_correction(minutes=7)), {}, ["revision"], id="a number used before"
        ),
        pytest.param(a_correction(minutes=7), corrected(a_correction(minutes=7)), {}, [], id="said again"),
    ],
)
def test_a_correction_is_refused_by_field(
    told: ServiceCorrected, known: ServiceRecord, seen: dict[str, Any], fields: list[str]
) -> None:
    assert [problem.field for problem in correct(told, known, **seen).problems] == fields


@pytest.mark.parametrize("told", [{"corrected": None}, {"cancelled": "why"}], ids=["neither", "both"])
def test_it_is_either_a_correction_or_a_cancellation(told: dict[str, Any]) -> None:
    unclear = corrections.unclear(a_correction().model_copy(update=told))
    assert [problem.field for problem in unclear] == ["corrected"]
    assert corrections.unclear(a_correction()) == corrections.unclear(a_cancellation()) == ()


def test_an_older_correction_that_comes_late_changes_nothing_and_needs_no_answer() -> None:
    assert correct(a_correction(1, minutes=9), corrected(a_correction(2, minutes=7))) == Taken()


MESSAGES = st.lists(
    st.sampled_from(
        [
            a_request(),
            a_completion(),
            *(a_correction(n, minutes=10 * n, employee_id=COLLEAGUE) for n in (1, 2, 3)),
            a_cancellation(2),
        ]
    ),
    unique=True,
)


@given(MESSAGES.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_whatever_the_order_the_highest_revision_stands_and_a_cancellation_is_final(
    orders: tuple[list[Any], list[Any]],
) -> None:
    one, other = (end_of(order) for order in orders)
    cancelled = a_cancellation(2) in orders[0]
    highest = max((told.revision for told in orders[0] if isinstance(told, ServiceCorrected)), default=0)
    assert (one.cancelled is None, other.cancelled is None) == (not cancelled, not cancelled)
    assert cancelled or one == other
    assert cancelled or one.revision == highest


def end_of(messages: list[Any]) -> ServiceRecord:
    known = OPEN
    for told in messages:
        known = after(told, known) or known
    return known


def after(told: Any, known: ServiceRecord) -> ServiceRecord | None:
    if isinstance(told, ServiceCorrected):
        return correct(told, known).record
    return take(told, known, [SKCK], DAYS, POLICY, source="urn:test", now=TODAY).record


def test_evaluation_hears_what_was_and_what_counts() -> None:
    right = corrected(a_correction(minutes=25, employee_id=COLLEAGUE))
    told = corrections.told_of(right, FINISHED)
    assert isinstance(told, ServiceRevised)
    assert told.counts is not None
    assert (told.was.employee_id, told.was.used, told.revision) == (OFFICER, 5, 1)
    assert (told.counts.employee_id, told.counts.used) == (COLLEAGUE, 25)
    assert "REQ-1" not in told.model_dump_json()


def test_evaluation_hears_of_an_overdue_record_that_it_was_unfinished() -> None:
    told = corrections.told_of(corrected(a_cancellation(), OVERDUE), OVERDUE)
    assert isinstance(told, ServiceRevised)
    assert (told.was.used, told.was.counted_on, told.counts) == (None, MONDAY, None)
    assert "twice" not in told.model_dump_json(), "the reason stays here"


def test_evaluation_hears_nothing_that_moves_nothing() -> None:
    assert corrections.told_of(corrected(a_cancellation(), OPEN), OPEN) is None
    assert corrections.told_of(corrected(a_correction()), FINISHED) is None
    assert isinstance(corrections.told_of(corrected(a_correction(), OPEN), OPEN), ServiceDelivered)


def test_a_corrected_record_is_late_by_the_standard_of_its_own_service() -> None:
    record = correct(a_correction(service="pindah", minutes=25), standards=(PINDAH,)).record
    assert record is not None
    assert (record.used, record.standard_unit) == (0, PINDAH.standard_unit)
