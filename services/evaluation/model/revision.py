"""One revision of an evaluation: what was known, what was found, and from when whom it may be shown to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.evaluation.model.evidence import Evidence
from services.evaluation.model.result import Result
from shared.events.complaints import Visibility
from shared.events.evaluation import DimensionScore, EvaluationCompleted, EvaluationOpened, Need, Status


@dataclass(frozen=True, slots=True)
class Rested:
    """A standing evaluation and what it rests on. `complaint_id`: what it stands on; none where it lost its cause."""

    evaluation_id: UUID
    employee_id: UUID
    incident_id: UUID
    visibility: Visibility
    status: Status
    complaint_id: UUID | None
    evidence: Evidence


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

    @property
    def scores(self) -> tuple[DimensionScore, ...]:
        """The score of each dimension, as it is told."""
        return self.result.scores

    def opened(self) -> EvaluationOpened:
        """The fact that the first revision tells."""
        return EvaluationOpened(
            evaluation_id=self.evaluation_id,
            complaint_id=self.complaint_id,
            incident_id=self.incident_id,
            employee_id=self.employee_id,
            visibility=self.visibility,
        )

    def completed(self, *, news: bool = True) -> EvaluationCompleted:
        """The fact that a revision tells. `news`: whether officer and superior are to be told of it."""
        return EvaluationCompleted(
            evaluation_id=self.evaluation_id,
            complaint_id=self.complaint_id,
            incident_id=self.incident_id,
            employee_id=self.employee_id,
            revision=self.revision,
            status=self.status,
            outcome=self.result.outcome,
            scores=self.scores,
            needs=self.needs,
            policy_version=self.result.policy_version,
            visibility=self.visibility,
            withdrawn=self.withdrawn,
            news=news,
        )
