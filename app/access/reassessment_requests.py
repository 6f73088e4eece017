"""Requests to reassess many applications: due rows, which the sweep (a worker loop) turns into due applications."""

from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from app.access.models import reassessment
from app.access.unit_of_work import UnitOfWork

Scope = Literal["agency", "organisation", "job", "candidate"]


def request_reassessment(work: UnitOfWork, scope: Scope, subject_id: UUID | None = None) -> None:
    """Insert a request to reassess all open applications of `scope`, in the caller's transaction.

    `subject_id` is the record that the scope names, such as an organisation.
    """
    row = {
        "agency_id": work.agency_id,
        "id": work.new_id("reassessment"),
        "scope": scope,
        "subject_id": subject_id,
        "due_at": work.now,
    }
    work.conn.execute(sa.insert(reassessment).values(**row))
