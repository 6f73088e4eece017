"""Operations that all facts of an application (interviews, interactions, promises and so on) share.

They find, lock, upsert and void a fact. A further operation reassesses the candidate's other applications.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel

from app.access.reassessment_requests import request_reassessment
from app.access.unit_of_work import UnitOfWork
from app.applications.keep_warm.active_marks import active_mark_conditions
from app.applications.models import application
from app.applications.queries import lock_application
from app.applications.reassess import reassess
from app.kit.db import insert_row, update_row
from app.kit.dialects import lock_for_update
from app.kit.errors import Problem, conflict, invalid, not_found
from app.kit.external_refs import body_with_path_ref, by_ref, ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef, In

_OTHERS = sa.select(application.c.id, application.c.in_progress).where(
    application.c.agency_id == sa.bindparam("agency_id"),
    application.c.candidate_id == sa.bindparam("candidate_id"),
    application.c.id != sa.bindparam("application_id"),
    sa.or_(application.c.in_progress, sa.exists().where(*active_mark_conditions())),
)
"""SELECT of the candidate's other applications that a contact can affect. These are active, or ended with an active
keep-warm mark."""


def find_fact(
    work: UnitOfWork,
    table: sa.Table,
    what: str,
    id: UUID,
    *,
    application_id: UUID | None = None,
    pointer: str | None = None,
) -> sa.RowMapping:
    """Return the row of one fact (an interview, interaction, commitment, check or the like) of the caller's agency.

    If `application_id` is given, the fact must belong to that application. `what` is the kind of the fact in error
    messages. Raises 404 if there is none; `pointer` is the field of the request body that named the fact.
    """
    statement = sa.select(table).where(table.c.agency_id == work.agency_id, table.c.id == id)
    if application_id is not None:
        statement = statement.where(table.c.application_id == application_id)
    row = work.conn.execute(statement).mappings().one_or_none()
    if row is None:
        raise not_found(what, pointer)
    return row


def lock_fact(work: UnitOfWork, table: sa.Table, what: str, id: UUID) -> sa.RowMapping:
    """Lock the application of a fact, then return the fact's row. Raises 404 if there is no such fact."""
    lock_application(work, find_fact(work, table, what, id)["application_id"])
    return find_fact(work, table, what, id)


def find_by_ref(work: UnitOfWork, table: sa.Table, ref: ExternalRef) -> sa.RowMapping | None:
    """Return the row of the fact that has the id `ref` in another system, or None if there is none."""
    return work.conn.execute(by_ref(table, work.agency_id, ref)).mappings().one_or_none()


def existing_or_new(
    work: UnitOfWork, table: sa.Table, what: str, ref: ExternalRef, body: In, shape: type[BaseModel]
) -> tuple[sa.RowMapping | None, dict[str, Any]]:
    """Return a pair for a PUT: the stored fact, or None if there is none yet, and the row to store.

    The application must be locked. Fields that the body leaves out keep their values, and so do required fields that it
    sets to null. Raises 412 if If-Match does not hold, and 409 if the fact belongs to another application.
    """
    row = ref_to_columns(body_with_path_ref(ref, body))
    application_id = row.pop("application_id")
    known = find_by_ref(work, table, ref)
    if known is None:
        if work.if_match is not None:
            raise Problem(
                412,
                "precondition_failed",
                "There is no such record yet; send the request without If-Match to create it.",
            )
        return None, row
    if known["application_id"] != application_id:
        raise conflict(
            "other_application",
            f"This {what} belongs to another application and cannot be moved. Use another reference for a new one.",
        )
    work.expect(row_to_model(shape, known))
    named = body.model_fields_set & row.keys()
    return known, {
        **known,
        **{name: row[name] for name in named if row[name] is not None or table.c[name].nullable},
    }


def upsert_fact(
    work: UnitOfWork,
    table: sa.Table,
    what: str,
    application_id: UUID,
    known: sa.RowMapping | None,
    row: Mapping[str, Any],
) -> tuple[sa.RowMapping, bool]:
    """Insert a new fact, or update `known`, the existing fact. Return the pair of the row and True if the fact is new.

    Raises 409 if a voided fact would change.
    """
    if known is None:
        return add_fact(work, table, what, application_id, row), True
    values = {name: value for name, value in row.items() if value != known[name]}
    if not values:
        return known, False
    refuse_voided(known, what)
    return update_row(work.conn, table, work.agency_id, known["id"], values), False


def refuse_voided(row: sa.RowMapping, what: str) -> None:
    """Raise 409 `already_voided` if the fact was voided: a voided fact cannot be changed."""
    if row.get("voided_at") is not None:
        raise conflict("already_voided", f"This {what} was voided and cannot be changed. Record a new one.")


def refuse_removal(values: Mapping[str, Any], *names: str) -> None:
    """Raise 422 if a change sets one of the named required fields to null."""
    for name in names:
        if name in values and values[name] is None:
            raise invalid(f"/{name}", f"`{name}` cannot be removed; leave it out to keep it.")


def add_fact(
    work: UnitOfWork, table: sa.Table, what: str, application_id: UUID, values: Mapping[str, Any]
) -> sa.RowMapping:
    """Insert a fact of an application and return its row. `what` names the kind of its new id."""
    row = {
        "agency_id": work.agency_id,
        "id": work.new_id(what),
        "application_id": application_id,
        "recorded_at": work.now,
    }
    return insert_row(work.conn, table, row | dict(values))


def void_fact(
    work: UnitOfWork, table: sa.Table, what: str, id: UUID, reason: str, shape: type[BaseModel]
) -> sa.RowMapping:
    """Void a fact and reassess its application. Return the fact's row.

    A voided fact stays visible and has no effect. Raises 404 if there is none, and 409 if it was voided before.
    """
    row = lock_fact(work, table, what, id)
    work.expect(row_to_model(shape, row))
    if row["voided_at"] is not None:
        raise conflict("already_voided", f"This {what} was voided before; nothing is left to do.")
    voided = update_row(work.conn, table, work.agency_id, id, {"voided_at": work.now, "void_reason": reason})
    reassess(work, [row["application_id"]])
    return voided


def reassess_other_applications(
    work: UnitOfWork, application_id: UUID, candidate_id: UUID, *, heard: bool = True, contact: bool = True
) -> None:
    """Reassess the candidate's other applications on which an interaction on this application counts.

    `heard`: the candidate said something, which counts on active applications; the sweep worker assesses these later.
    `contact`: recruiter and candidate were in contact, which counts on ended applications that are kept warm. These are
    assessed at once.
    """
    own = {"agency_id": work.agency_id, "candidate_id": candidate_id, "application_id": application_id}
    others = work.conn.execute(_OTHERS, own).all()
    if heard and any(other.in_progress for other in others):
        request_reassessment(work, "candidate", candidate_id)
    kept_warm = [other.id for other in others if not other.in_progress]
    if contact and kept_warm:
        columns = application.c
        theirs = sa.select(columns.id).where(columns.agency_id == work.agency_id, columns.id.in_(kept_warm))
        reassess(work, work.conn.scalars(lock_for_update(theirs.order_by(columns.id))).all())
