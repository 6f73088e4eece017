"""References in tables: find records by external id or by Keepwarm's id, and recruiters by email address or name."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.unit_of_work import UnitOfWork
from app.kit.external_refs import by_ref
from app.kit.field_types import ExternalRef

OWN = "keepwarm"
"""The system of records without an external reference. Their id in tables is Keepwarm's own id."""


def find(work: UnitOfWork, table: sa.Table, system: str, id: str) -> sa.RowMapping | None:
    """Return the row of the record that `system` calls `id`, or None if no record has that id.

    For the system `keepwarm`, `id` can also be Keepwarm's own id.
    """
    statement = by_ref(table, work.agency_id, ExternalRef.model_construct(system=system, id=id))
    row = work.conn.execute(statement).mappings().one_or_none()
    own = _uuid(id) if row is None and system == OWN else None
    return row if own is None else find_own(work, table, own)


def find_own(work: UnitOfWork, table: sa.Table, id: UUID) -> sa.RowMapping | None:
    """Return the row of the record with this Keepwarm id, or None if no record has that id."""
    statement = sa.select(table).where(table.c.agency_id == work.agency_id, table.c.id == id)
    return work.conn.execute(statement).mappings().one_or_none()


def recorded_ref(work: UnitOfWork, table: sa.Table, ref: ExternalRef, known: sa.RowMapping | None) -> ExternalRef:
    """Return the external reference under which an imported row is recorded. `known` is the existing record, if any.

    A record with an external reference keeps it if the row names the record by Keepwarm's own id. A record without a
    reference is updated to have the reference of the row.
    """
    if known is None or (known["external_id"] == ref.id and known["external_system"] == ref.system):
        return ref
    if known["external_system"] is not None:
        return ExternalRef(system=known["external_system"], id=known["external_id"])
    scope = sa.and_(table.c.agency_id == work.agency_id, table.c.id == known["id"])
    work.conn.execute(sa.update(table).where(scope).values(external_system=ref.system, external_id=ref.id))
    return ref


def find_recruiters(work: UnitOfWork, text: str) -> list[UUID]:
    """Return the ids of up to two recruiters with this email address, or else with this name."""
    columns = recruiter.c
    for column in (columns.email, columns.name):
        # SQLite's lower() converts ASCII only; the exact comparison finds other letters on both databases.
        matches = sa.or_(column == text, sa.func.lower(column) == text.lower())
        statement = sa.select(columns.id).where(columns.agency_id == work.agency_id, matches)
        if found := list(work.conn.scalars(statement.limit(2))):
            return found
    return []


def refs_of(work: UnitOfWork, table: sa.Table, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return a mapping from Keepwarm's id of each record to the system and id that an export writes.

    Voided records are left out: they are not exported, so no exported row may refer to them.
    """
    columns = table.c
    wanted = set(ids)
    if not wanted:
        return {}
    statement = sa.select(columns.id, columns.external_system, columns.external_id)
    statement = statement.where(columns.agency_id == work.agency_id, columns.id.in_(wanted))
    if "voided_at" in columns:
        statement = statement.where(columns.voided_at.is_(None))
    rows = work.conn.execute(statement)
    return {row.id: ref_of(row._mapping) for row in rows}


def ref_of(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Return the system and id that an export writes for a record.

    A record without an external reference has the system `keepwarm` and Keepwarm's own id.
    """
    return (OWN, str(row["id"])) if row["external_system"] is None else (row["external_system"], row["external_id"])


def recruiter_names(work: UnitOfWork, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return a mapping from each recruiter's id to the email address, or to the name where there is no address."""
    columns = recruiter.c
    wanted = set(ids)
    statement = sa.select(columns.id, columns.email, columns.name)
    rows = work.conn.execute(statement.where(columns.agency_id == work.agency_id, columns.id.in_(wanted)))
    return {row.id: row.email or row.name for row in rows}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
