"""Queries of organisations and client contacts, scoped by the caller's agency."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.queries import get_agency_calendar
from app.access.unit_of_work import UnitOfWork
from app.kit.damaged_rows import raise_if_damaged
from app.kit.dialects import lock_for_update
from app.kit.errors import not_found
from app.kit.external_refs import by_ref, check_filters, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging
from app.kit.search import search_page
from app.organisations.models import client_contact, organisation
from app.organisations.schemas import ClientContactOut, OrganisationOut
from app.rules.calendar import Calendar, party_calendar
from app.rules.calendar_exceptions import exceptions_from
from app.rules.history import ContactStyle

_CAUTIOUS = asdict(ContactStyle()) | {"preferred_channels": [], "note": None}


def get_organisation(
    work: UnitOfWork, organisation_id: UUID, *, lock: bool = False, pointer: str | None = None
) -> OrganisationOut:
    """Return one organisation of the caller's agency, locked if `lock` is true.

    Raises 404 if there is none; `pointer` is the field of the request body that named the organisation.
    """
    which = sa.select(organisation).where(
        organisation.c.agency_id == work.agency_id, organisation.c.id == organisation_id
    )
    row = _one(work, which, lock=lock)
    if row is None:
        raise not_found("organisation", pointer)
    return show_organisation(row)


def find_organisation_by_ref(work: UnitOfWork, ref: ExternalRef, *, lock: bool = False) -> OrganisationOut | None:
    """Return the organisation that has the id `ref` in another system, or None. Lock the row if `lock` is true."""
    row = _one(work, by_ref(organisation, work.agency_id, ref), lock=lock)
    return None if row is None else show_organisation(row)


def get_organisation_by_ref(work: UnitOfWork, ref: ExternalRef) -> OrganisationOut:
    """Return the organisation that has the id `ref` in another system. Raises 404 if there is none."""
    found = find_organisation_by_ref(work, ref)
    if found is None:
        raise not_found("organisation")
    return found


def list_organisations(work: UnitOfWork, paging: Paging, q: str | None = None) -> Page[OrganisationOut]:
    """Return a page of organisations in the order of creation, or of those whose names match `q`."""
    statement = sa.select(organisation).where(organisation.c.agency_id == work.agency_id)
    return search_page(work.conn, paging, statement, organisation, q, lambda row: show_organisation(row._asdict()))


def show_organisation(row: Mapping[Any, Any]) -> OrganisationOut:
    """Convert a row of the organisation table to its API schema. Missing contact wishes get the cautious defaults."""
    with raise_if_damaged(organisation, row["id"]):
        return row_to_model(OrganisationOut, {**row, "contact_style": _CAUTIOUS | row["contact_style"]})


def get_stored_contact_style(work: UnitOfWork, organisation_id: UUID) -> dict[str, Any]:
    """Return a mapping of the contact wishes that were set for an organisation, without defaults."""
    statement = sa.select(organisation.c.contact_style).where(
        organisation.c.agency_id == work.agency_id, organisation.c.id == organisation_id
    )
    stored: dict[str, Any] = work.conn.execute(statement).scalar_one()
    return stored


def get_client_calendar(work: UnitOfWork, organisation_id: UUID) -> Calendar:
    """Return an organisation's calendar. A missing time zone or holiday region is taken from the agency.

    Raises 404 if there is none.
    """
    columns = organisation.c
    statement = sa.select(columns.time_zone, columns.holiday_region, columns.calendar_exceptions).where(
        columns.agency_id == work.agency_id, columns.id == organisation_id
    )
    row = work.conn.execute(statement).one_or_none()
    if row is None:
        raise not_found("organisation")
    own = get_agency_calendar(work)
    with raise_if_damaged(organisation, organisation_id):
        return party_calendar(own, row.time_zone, row.holiday_region, exceptions_from(row.calendar_exceptions))


def get_client_contact(
    work: UnitOfWork,
    contact_id: UUID,
    organisation_id: UUID | None = None,
    *,
    lock: bool = False,
    pointer: str | None = None,
) -> ClientContactOut:
    """Return one client contact, only of `organisation_id` if that is given, locked if `lock` is true.

    Raises 404 if there is none; `pointer` is the field of the request body that named the client contact.
    """
    which = sa.select(client_contact).where(
        client_contact.c.agency_id == work.agency_id, client_contact.c.id == contact_id
    )
    if organisation_id is not None:
        which = which.where(client_contact.c.organisation_id == organisation_id)
    row = _one(work, which, lock=lock)
    if row is None:
        raise not_found("client contact", pointer)
    return show_client_contact(row)


def find_client_contact_by_ref(work: UnitOfWork, ref: ExternalRef, *, lock: bool = False) -> ClientContactOut | None:
    """Return the client contact that has the id `ref` in another system, or None. Lock the row if `lock` is true."""
    row = _one(work, by_ref(client_contact, work.agency_id, ref), lock=lock)
    return None if row is None else show_client_contact(row)


def get_client_contact_by_ref(work: UnitOfWork, ref: ExternalRef) -> ClientContactOut:
    """Return the client contact that has the id `ref` in another system. Raises 404 if there is none."""
    found = find_client_contact_by_ref(work, ref)
    if found is None:
        raise not_found("client contact")
    return found


def list_client_contacts(
    work: UnitOfWork, organisation_id: UUID, paging: Paging, q: str | None = None
) -> Page[ClientContactOut]:
    """Return a page of one organisation's client contacts, by creation or matching `q`.

    Raises 404 for an unknown organisation.
    """
    get_organisation(work, organisation_id)
    return find_client_contacts(work, paging, q, organisation_id)


def find_client_contacts(
    work: UnitOfWork, paging: Paging, q: str | None, organisation_id: UUID | None
) -> Page[ClientContactOut]:
    """Return a page of client contacts, of one organisation or of all, by creation or matching `q`."""
    columns = client_contact.c
    statement = sa.select(client_contact).where(columns.agency_id == work.agency_id)
    if organisation_id is not None:
        statement = statement.where(columns.organisation_id == organisation_id)
    page = search_page(work.conn, paging, statement, client_contact, q, lambda row: show_client_contact(row._asdict()))
    check_filters(work.conn, work.agency_id, page, organisation_id=(organisation, organisation_id))
    return page


def show_client_contact(row: Mapping[Any, Any]) -> ClientContactOut:
    """Convert a row of the client contact table to its API schema."""
    return row_to_model(ClientContactOut, row)


def _one(work: UnitOfWork, statement: sa.Select[Any], *, lock: bool) -> sa.RowMapping | None:
    return work.conn.execute(lock_for_update(statement) if lock else statement).mappings().one_or_none()
