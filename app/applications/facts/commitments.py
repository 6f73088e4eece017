"""Use cases of commitments (promises of a party): record, update, void, read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.applications.facts.fact_operations import (
    add_fact,
    existing_or_new,
    find_by_ref,
    find_fact,
    lock_fact,
    refuse_removal,
    refuse_voided,
    upsert_fact,
    void_fact,
)
from app.applications.facts.schemas import CommitmentChange, CommitmentIn, CommitmentOut, CommitmentPut, VoidIn
from app.applications.models import commitment
from app.applications.queries import get_application, lock_application
from app.applications.reassess import reassess
from app.kit.db import update_row
from app.kit.errors import invalid, not_found
from app.kit.external_refs import ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging


def make_commitment(work: UnitOfWork, application_id: UUID, body: CommitmentIn) -> CommitmentOut:
    """Record a promise of the candidate, the recruiter or the client, and reassess its application."""
    at = lock_application(work, application_id)
    row = add_fact(work, commitment, "commitment", at.id, _checked(work, ref_to_columns(body.model_dump())))
    return _reassessed(work, row)


def put_commitment(work: UnitOfWork, ref: ExternalRef, body: CommitmentPut) -> tuple[CommitmentOut, bool]:
    """Create or update a commitment by its id in another system, and reassess its application.

    Return the pair of the commitment and True if the commitment is new, else False.
    """
    at = lock_application(work, body.application_id)
    known, values = existing_or_new(work, commitment, "commitment", ref, body, CommitmentOut)
    row, created = upsert_fact(work, commitment, "commitment", at.id, known, _checked(work, values))
    return _reassessed(work, row), created


def change_commitment(work: UnitOfWork, id: UUID, body: CommitmentChange) -> CommitmentOut:
    """Record that a commitment was kept or dropped, or change its date or text. Reassess its application.

    Raises 409 if the commitment was voided.
    """
    row = lock_fact(work, commitment, "commitment", id)
    work.expect(row_to_model(CommitmentOut, row))
    refuse_voided(row, "commitment")
    values = ref_to_columns(named_fields(body))
    refuse_removal(values, "description", "due_on")
    _checked(work, {**row, **values})
    return _reassessed(work, update_row(work.conn, commitment, work.agency_id, id, values) if values else row)


def void_commitment(work: UnitOfWork, id: UUID, body: VoidIn) -> CommitmentOut:
    """Void a commitment that was recorded wrongly, and reassess its application."""
    return row_to_model(CommitmentOut, void_fact(work, commitment, "commitment", id, body.reason, CommitmentOut))


def get_commitment(work: UnitOfWork, id: UUID) -> CommitmentOut:
    """Return one commitment of the caller's agency. Raises 404 if there is none."""
    return row_to_model(CommitmentOut, find_fact(work, commitment, "commitment", id))


def get_commitment_by_ref(work: UnitOfWork, ref: ExternalRef) -> CommitmentOut:
    """Return the commitment that has the id `ref` in another system. Raises 404 if there is none."""
    row = find_by_ref(work, commitment, ref)
    if row is None:
        raise not_found("commitment")
    return row_to_model(CommitmentOut, row)


def list_commitments(work: UnitOfWork, application_id: UUID, paging: Paging) -> Page[CommitmentOut]:
    """Return a page of the commitments of an application, ordered by `made_at`, voided commitments included."""
    get_application(work, application_id)
    columns = commitment.c
    statement = sa.select(commitment).where(
        columns.agency_id == work.agency_id, columns.application_id == application_id
    )
    return paging.page(
        work.conn,
        statement,
        [columns.made_at, columns.id],
        [datetime.fromisoformat, UUID],
        lambda row: row_to_model(CommitmentOut, row._mapping),
    )


def _checked(work: UnitOfWork, row: Mapping[str, Any]) -> dict[str, Any]:
    made_at = row["made_at"] or work.now
    work.happened("/made_at", made_at)
    for name in ("fulfilled_at", "cancelled_at"):
        ended_at = row.get(name)
        work.happened(f"/{name}", ended_at)
        if ended_at is not None and ended_at < made_at:
            raise invalid(f"/{name}", f"`{name}` must not be before `made_at`.")
    return dict(row) | {"made_at": made_at}


def _reassessed(work: UnitOfWork, row: sa.RowMapping) -> CommitmentOut:
    reassess(work, [row["application_id"]])
    return row_to_model(CommitmentOut, row)
