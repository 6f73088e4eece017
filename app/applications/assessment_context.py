"""The context in which applications are assessed: transaction, instant and id generator."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AssessmentContext:
    """The transaction, the instant and the id generator of an assessment, which may span agencies.

    The context belongs to no agency: each row that an assessment writes names its own agency. So `emit`, which needs
    the caller's agency, does not accept this context.
    """

    conn: sa.Connection
    now: datetime
    new_id: Callable[[str], UUID]

    @classmethod
    def of(cls, work: UnitOfWork) -> "AssessmentContext":
        """Return the context for assessments within a use-case: the same transaction, instant and id generator."""
        return cls(work.conn, work.now, work.new_id)
