"""Queries of applications, scoped by the caller's agency."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.unit_of_work import UnitOfWork
from app.applications.models import application
from app.applications.schemas import ApplicationOut
from app.candidates.models import candidate
from app.jobs.models import job
from app.kit.dialects import lock_for_update
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS
from app.kit.errors import not_found
from app.kit.external_refs import by_ref, check_filters, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging
from app.organisations.models import organisation

_READING = sa.select(application).where(
    application.c.agency_id == sa.bindparam("agency_id"), application.c.id == sa.bindparam("id")
)
_LOCKING = lock_for_update(_READING)
_NAMED_BY_FILTERS = {
    "candidate_id": candidate, "job_id": job, "organisation_id": organisation, "recruiter_id": recruiter
}  # fmt: skip


def get_application(work: UnitOfWork, id: UUID) -> ApplicationOut:
    """Return one application of the caller's agency. Raises 404 if there is none."""
    return row_to_model(ApplicationOut, _row(work, id, lock=False))


def lock_application(work: UnitOfWork, id: UUID) -> ApplicationOut:
    """Lock one application until the end of the transaction, and return it. Raises 404 if there is none.

    Every write of a fact starts with this lock.
    """
    return row_to_model(ApplicationOut, _row(work, id, lock=True))


def find_application_by_ref(work: UnitOfWork, ref: ExternalRef) -> ApplicationOut | None:
    """Return the application that has the id `ref` in another system, or None if there is none."""
    row = work.conn.execute(by_ref(application, work.agency_id, ref)).mappings().one_or_none()
    return None if row is None else row_to_model(ApplicationOut, row)


def get_application_by_ref(work: UnitOfWork, ref: ExternalRef) -> ApplicationOut:
    """Return the application that has the id `ref` in another system. Raises 404 if there is none."""
    found = find_application_by_ref(work, ref)
    if found is None:
        raise not_found("application")
    return found


def list_applications(
    work: UnitOfWork, paging: Paging, filters: Mapping[str, Any], *, parked: bool = False
) -> Page[ApplicationOut]:
    """Return a page of applications in the order of creation.

    `filters` maps columns to the values to match; None matches every value. `parked` limits the page to applications
    whose assessment failed too often.
    """
    statement = sa.select(application).where(application.c.agency_id == work.agency_id)
    for column, value in filters.items():
        if value is not None:
            statement = statement.where(application.c[column] == value)
    if parked:
        columns = application.c
        statement = statement.where(columns.due_at <= work.now, columns.attempts >= MAX_CLAIM_ATTEMPTS)
    page = paging.page(
        work.conn, statement, [application.c.id], [UUID], lambda row: row_to_model(ApplicationOut, row._mapping)
    )
    named = {name: (table, filters.get(name)) for name, table in _NAMED_BY_FILTERS.items()}
    check_filters(work.conn, work.agency_id, page, **named)
    return page


def _row(work: UnitOfWork, id: UUID, *, lock: bool) -> sa.RowMapping:
    key = {"agency_id": work.agency_id, "id": id}
    row = work.conn.execute(_LOCKING if lock else _READING, key).mappings().one_or_none()
    if row is None:
        raise not_found("application")
    return row
