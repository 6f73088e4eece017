"""Which record a name means: ids of other systems, Keepwarm's own ids under the system `keepwarm`, and recruiters."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.work import Work
from app.kit.fields import ExternalRef
from app.kit.refs import by_ref

OWN = "keepwarm"
"""The system of records that no other system has named: their id is Keepwarm's own."""


def find(work: Work, table: sa.Table, system: str, id: str) -> sa.RowMapping | None:
    """The record that `system` calls `id`, if there is one."""
    statement = by_ref(table, work.agency_id, ExternalRef.model_construct(system=system, id=id))
    row = work.conn.execute(statement).mappings().one_or_none()
    own = _uuid(id) if row is None and system == OWN else None
    return row if own is None else find_own(work, table, own)


def find_own(work: Work, table: sa.Table, id: UUID) -> sa.RowMapping | None:
    """The record with this id of Keepwarm's, if there is one."""
    statement = sa.select(table).where(table.c.agency_id == work.agency_id, table.c.id == id)
    return work.conn.execute(statement).mappings().one_or_none()


def settled(work: Work, table: sa.Table, ref: ExternalRef, known: sa.RowMapping | None) -> ExternalRef:
    """The reference under which a row is recorded.

    A known record that `keepwarm` names keeps the reference that it has; one that nobody has named yet is named so.
    """
    if known is None or (known["external_id"] == ref.id and known["external_system"] == ref.system):
        return ref
    if known["external_system"] is not None:
        return ExternalRef(system=known["external_system"], id=known["external_id"])
    mine = sa.and_(table.c.agency_id == work.agency_id, table.c.id == known["id"])
    work.conn.execute(sa.update(table).where(mine).values(external_system=ref.system, external_id=ref.id))
    return ref


def find_recruiters(work: Work, text: str) -> list[UUID]:
    """Whom an email address or a name may mean: of those with this address, else of those called so."""
    columns = recruiter.c
    for column in (columns.email, columns.name):
        # SQLite's lower() knows ASCII alone: what is written alike is found on both.
        called = sa.or_(column == text, sa.func.lower(column) == text.lower())
        statement = sa.select(columns.id).where(columns.agency_id == work.agency_id, called)
        if found := list(work.conn.scalars(statement.limit(2))):
            return found
    return []


def names_of(work: Work, table: sa.Table, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """System and id by which records are written, each under Keepwarm's own where no other system has named it.

    A voided one has none: it is not written, so nothing that is may refer to it.
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
    return {row.id: name_of(row._mapping) for row in rows}


def name_of(row: Mapping[Any, Any]) -> tuple[str, str]:
    """System and id by which one record is written."""
    return (OWN, str(row["id"])) if row["external_system"] is None else (row["external_system"], row["external_id"])


def recruiters_named(work: Work, ids: Iterable[UUID]) -> dict[UUID, str]:
    """How recruiters are written: by their address, or by their name where they have none."""
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
