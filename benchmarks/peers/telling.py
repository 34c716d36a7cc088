"""What the peers tell: the same event as ours, under the same key and headers, with an id of its own each time."""

from uuid import uuid4

from shared.events.complaints import ComplaintFiled
from shared.events.evaluation import EvaluationOpened


def opened(filed: ComplaintFiled) -> EvaluationOpened:
    """The evaluation that a complaint opens."""
    assert filed.employee_id is not None, "the benchmark names an officer in each"
    return EvaluationOpened(
        evaluation_id=uuid4(),
        complaint_id=filed.complaint_id,
        incident_id=filed.complaint_id,
        employee_id=filed.employee_id,
        visibility=filed.visibility,
    )


def headers(told: EvaluationOpened, cause: object) -> dict[str, str]:
    """Its CloudEvents attributes."""
    return {
        "ce_specversion": "1.0",
        "ce_id": str(uuid4()),
        "ce_source": "urn:salor:evaluation",
        "ce_type": told.type,
        "ce_subject": told.key,
        "ce_causationid": str(cause),
    }
