"""The context of an assessment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AssessmentContext:
    """The transaction, the instant and the id generator of an assessment, which may span agencies.

    It belongs to no agency: each row that an assessment writes names its own. `emit` refuses it for that reason.
    """

    conn: sa.Connection
    now: datetime
    new_id: Callable[[str], UUID]

    @classmethod
    def of(cls, work: UnitOfWork) -> "AssessmentContext":
        """Return the context of an assessment within a use-case."""
        return cls(work.conn, work.now, work.new_id)
