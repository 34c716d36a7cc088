"""Refusals for people: problem details (RFC 9457), and the base of all errors that a person is meant to read."""

from collections.abc import Sequence
from dataclasses import dataclass

REPEAT = "Whether a change took effect is not known. Repeat it with the same Idempotency-Key."
"""What is told where an answer was lost, and the effect perhaps not."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field (`contact.email`), in words; never the value."""

    field: str
    problem: str


class Problem(Exception):
    """A refusal over HTTP: `status`, a `code` for machines, a `title` and a `detail` for people."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after

    def document(self, instance: str = "") -> dict[str, object]:
        """The body of an `application/problem+json` answer."""
        document: dict[str, object] = {
            "type": f"urn:salor:problem:{self.code}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            document["detail"] = self.detail
        if instance:
            document["instance"] = instance
        if self.errors:
            document["errors"] = [{"field": error.field, "problem": error.problem} for error in self.errors]
        return document


class SetupError(Exception):
    """Something an operator must mend before the process can run; its text says what and how (exit code 2)."""
