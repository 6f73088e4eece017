"""Every SELECT over agencies, recruiters and API keys, scoped by the caller's agency."""

from uuid import UUID

import sqlalchemy as sa

from app.access.models import agency, api_key, recruiter
from app.access.schemas import AgencyOut, ApiKeyOut, RecruiterOut
from app.access.unit_of_work import UnitOfWork
from app.kit.agency_guard import across_agencies
from app.kit.damaged_rows import raise_if_damaged
from app.kit.dialects import lock_for_update
from app.kit.errors import not_found
from app.kit.external_refs import row_to_model
from app.kit.pagination import Page, Paging
from app.rules.calendar import Calendar, calendar
from app.rules.calendar_exceptions import exceptions_from


def get_agency(work: UnitOfWork, *, lock: bool = False) -> AgencyOut:
    """Return the caller's own agency. `lock` locks its row."""
    statement = sa.select(agency).where(agency.c.id == work.agency_id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).one_or_none()
    if row is None:
        raise not_found("agency")
    return row_to_model(AgencyOut, row._mapping)


def list_agencies(work: UnitOfWork, paging: Paging) -> Page[AgencyOut]:
    """List all agencies in the order of their creation, for the operator."""
    every = sa.select(agency).options(across_agencies("the operator lists every agency"))
    return paging.page(work.conn, every, [agency.c.id], [UUID], lambda row: row_to_model(AgencyOut, row._mapping))


def has_agency(conn: sa.Connection, id: UUID) -> bool:
    """Return True if an agency with this id exists."""
    return conn.execute(sa.select(agency.c.id).where(agency.c.id == id)).one_or_none() is not None


def list_every_agency(conn: sa.Connection) -> list[AgencyOut]:
    """Return all agencies at once, for the operator's command."""
    every = sa.select(agency).options(across_agencies("the operator lists every agency"))
    rows = conn.execute(every.order_by(agency.c.id)).mappings()
    return [row_to_model(AgencyOut, row) for row in rows]


def get_agency_of_operator(work: UnitOfWork, id: UUID, *, lock: bool = False) -> AgencyOut:
    """Return the agency with this id, for the operator, who belongs to no agency. `lock` locks its row."""
    statement = sa.select(agency).where(agency.c.id == id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).one_or_none()
    if row is None:
        raise not_found("agency")
    return row_to_model(AgencyOut, row._mapping)


def get_agency_calendar(work: UnitOfWork) -> Calendar:
    """Return the caller's agency calendar: time zone, holiday region and exceptions."""
    columns = agency.c
    row = work.conn.execute(
        sa.select(columns.time_zone, columns.holiday_region, columns.calendar_exceptions).where(
            columns.id == work.agency_id
        )
    ).one_or_none()
    if row is None:
        raise not_found("agency")
    with raise_if_damaged(agency, work.agency_id):
        return calendar(row.time_zone, row.holiday_region, exceptions_from(row.calendar_exceptions))


def get_recruiter(work: UnitOfWork, id: UUID, *, lock: bool = False, pointer: str | None = None) -> RecruiterOut:
    """Return a recruiter. Raises 404, with `pointer` as the JSON pointer of the field that named the recruiter."""
    statement = sa.select(recruiter).where(recruiter.c.agency_id == work.agency_id, recruiter.c.id == id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).one_or_none()
    if row is None:
        raise not_found("recruiter", pointer)
    return row_to_model(RecruiterOut, row._mapping)


def list_recruiters(work: UnitOfWork, paging: Paging) -> Page[RecruiterOut]:
    """List recruiters in the order of their creation."""
    statement = sa.select(recruiter).where(recruiter.c.agency_id == work.agency_id)
    return paging.page(
        work.conn, statement, [recruiter.c.id], [UUID], lambda row: row_to_model(RecruiterOut, row._mapping)
    )


def get_api_key(work: UnitOfWork, id: UUID, *, lock: bool = False) -> ApiKeyOut:
    """Return an API key, without its secret."""
    statement = sa.select(api_key).where(api_key.c.agency_id == work.agency_id, api_key.c.id == id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).one_or_none()
    if row is None:
        raise not_found("API key")
    return row_to_model(ApiKeyOut, row._mapping)


def list_api_keys(work: UnitOfWork, paging: Paging) -> Page[ApiKeyOut]:
    """List API keys in the order of their creation, including revoked keys."""
    statement = sa.select(api_key).where(api_key.c.agency_id == work.agency_id)
    return paging.page(work.conn, statement, [api_key.c.id], [UUID], lambda row: row_to_model(ApiKeyOut, row._mapping))
