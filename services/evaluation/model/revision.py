"""One revision of an evaluation: what was known, what was found, and from when whom it may be shown to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.result import Result
from shared.events.complaints import Visibility
from shared.events.evaluation import DimensionScore, EvaluationCompleted, EvaluationOpened, Need, Status


@dataclass(frozen=True, slots=True)
class Revision:
    """A computed revision. `complaint_id` is the complaint that caused it; `needs` are those it newly opens,
    `withdrawn` those it had opened and takes back.
    """

    evaluation_id: UUID
    incident_id: UUID
    employee_id: UUID
    complaint_id: UUID
    revision: int
    status: Status
    visibility: Visibility
    visible_from: datetime
    evidence: Evidence
    result: Result
    needs: tuple[Need, ...]
    withdrawn: tuple[UUID, ...] = ()

    def opened(self) -> EvaluationOpened:
        """The fact that the first revision tells."""
        return EvaluationOpened(
            evaluation_id=self.evaluation_id,
            complaint_id=self.complaint_id,
            incident_id=self.incident_id,
            employee_id=self.employee_id,
            visibility=self.visibility,
        )

    def completed(self) -> EvaluationCompleted:
        """The fact that every revision tells."""
        return EvaluationCompleted(
            evaluation_id=self.evaluation_id,
            complaint_id=self.complaint_id,
            incident_id=self.incident_id,
            employee_id=self.employee_id,
            revision=self.revision,
            status=self.status,
            outcome=self.result.outcome,
            scores=tuple(DimensionScore(dimension=d.dimension, score=d.score) for d in self.result.dimensions),
            needs=self.needs,
            policy_version=self.result.policy_version,
            visibility=self.visibility,
            withdrawn=self.withdrawn,
        )
