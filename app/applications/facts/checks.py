"""Use cases of checks before the first day at work: record, update, void, read."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.applications.facts.check_schemas import CheckChange, CheckIn, CheckOut, CheckPut
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
from app.applications.facts.schemas import VoidIn
from app.applications.models import check
from app.applications.queries import get_application, lock_application
from app.applications.reassess import reassess
from app.kit.db import update_row
from app.kit.errors import invalid, not_found
from app.kit.external_refs import ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging

_STEPS = ("prepared_at", "ready_at", "done_at", "cancelled_at")


def ask_for_check(work: UnitOfWork, application_id: UUID, body: CheckIn) -> CheckOut:
    """Record a check and reassess its application, which may be in any stage."""
    at = lock_application(work, application_id)
    row = add_fact(
        work, check, "check", at.id, _checked(work, ref_to_columns(body.model_dump()), body.model_fields_set)
    )
    return _reassessed(work, row)


def put_check(work: UnitOfWork, ref: ExternalRef, body: CheckPut) -> tuple[CheckOut, bool]:
    """Create or update a check by its id in another system, and reassess its application.

    Return the pair of the check and True if the check is new, else False.
    """
    at = lock_application(work, body.application_id)
    known, row = existing_or_new(work, check, "check", ref, body, CheckOut)
    if known is not None:
        refuse_voided(known, "check")
    kept, created = upsert_fact(work, check, "check", at.id, known, _checked(work, row, body.model_fields_set))
    return _reassessed(work, kept), created


def change_check(work: UnitOfWork, id: UUID, body: CheckChange) -> CheckOut:
    """Change a check, such as by recording its next step, and reassess its application.

    Raises 409 if the check was voided.
    """
    row = lock_fact(work, check, "check", id)
    work.expect(row_to_model(CheckOut, row))
    refuse_voided(row, "check")
    values = ref_to_columns(named_fields(body))
    refuse_removal(values, "result_from", "asked_at")
    _checked(work, {**row, **values}, values)
    return _reassessed(work, update_row(work.conn, check, work.agency_id, id, values) if values else row)


def void_check(work: UnitOfWork, id: UUID, body: VoidIn) -> CheckOut:
    """Void a check that was recorded wrongly, and reassess its application."""
    return row_to_model(CheckOut, void_fact(work, check, "check", id, body.reason, CheckOut))


def get_check(work: UnitOfWork, id: UUID) -> CheckOut:
    """Return one check of the caller's agency. Raises 404 if there is none."""
    return row_to_model(CheckOut, find_fact(work, check, "check", id))


def get_check_by_ref(work: UnitOfWork, ref: ExternalRef) -> CheckOut:
    """Return the check that has the id `ref` in another system. Raises 404 if there is none."""
    row = find_by_ref(work, check, ref)
    if row is None:
        raise not_found("check")
    return row_to_model(CheckOut, row)


def list_checks(work: UnitOfWork, application_id: UUID, paging: Paging) -> Page[CheckOut]:
    """Return a page of the checks of an application, ordered by `asked_at`, voided checks included."""
    get_application(work, application_id)
    columns = check.c
    statement = sa.select(check).where(columns.agency_id == work.agency_id, columns.application_id == application_id)
    return paging.page(
        work.conn,
        statement,
        [columns.asked_at, columns.id],
        [datetime.fromisoformat, UUID],
        lambda row: row_to_model(CheckOut, row._mapping),
    )


def _checked(work: UnitOfWork, row: Mapping[str, Any], named: Collection[str]) -> dict[str, Any]:
    """Validate the row of a check and return it with defaults for `asked_at` and `result_from`.

    Raises 422 for steps before `asked_at` or in the future. `named` are the fields of the request body; the error
    points to one of these.
    """
    asked_at = row["asked_at"] or work.now
    work.happened("/asked_at", asked_at)
    for name in _STEPS:
        at = row[name]
        work.happened(f"/{name}", at)
        if at is not None and at < asked_at:
            pointer = "/asked_at" if name not in named and "asked_at" in named else f"/{name}"
            raise invalid(pointer, f"`{name}` must not be before `asked_at`.")
    default = "recruiter" if row["kind"] == "reference" else "client"
    return dict(row) | {"asked_at": asked_at, "result_from": row["result_from"] or default}


def _reassessed(work: UnitOfWork, row: sa.RowMapping) -> CheckOut:
    reassess(work, [row["application_id"]])
    return row_to_model(CheckOut, row)
