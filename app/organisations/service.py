"""Use cases of organisations and client contacts: create, update, and upsert by external reference."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.calendar_exceptions import check_exceptions, exceptions_as_json
from app.access.queries import get_agency
from app.access.reassessment_requests import request_reassessment
from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.access.upsert_by_ref import upsert_by_ref
from app.kit.db import insert_row, update_row
from app.kit.errors import conflict
from app.kit.external_refs import body_with_path_ref, ref_to_columns
from app.kit.field_types import ExternalRef
from app.kit.search import index_name
from app.organisations import queries
from app.organisations.models import client_contact, organisation
from app.organisations.schemas import (
    ClientContactChange,
    ClientContactIn,
    ClientContactOut,
    ClientContactPut,
    OrganisationChange,
    OrganisationIn,
    OrganisationOut,
)

_ASSESSED = {"time_zone", "holiday_region", "calendar_exceptions", "contact_style"}
"""The fields of an organisation that the rules read: a change of these causes a reassessment."""


def add_organisation(work: UnitOfWork, body: OrganisationIn) -> OrganisationOut:
    """Create an organisation, and index its name for search.

    Raises 422 if its calendar exceptions do not fit its region.
    """
    return _recorded(work, insert_row(work.conn, organisation, _new_organisation(work, body.model_dump())))


def change_organisation(work: UnitOfWork, organisation_id: UUID, body: OrganisationChange) -> OrganisationOut:
    """Change an organisation. A new calendar or contact style requests a reassessment of its applications."""
    current = queries.get_organisation(work, organisation_id, lock=True)
    return _change_organisation(work, current, named_fields(body))


def put_organisation(work: UnitOfWork, ref: ExternalRef, body: OrganisationIn) -> tuple[OrganisationOut, bool]:
    """Create or update an organisation by its id in another system.

    Return the pair of the organisation and True if the organisation is new, else False.
    """
    values = body_with_path_ref(ref, body)
    return upsert_by_ref(
        work,
        organisation,
        find=lambda: queries.find_organisation_by_ref(work, ref, lock=True),
        new=lambda: _new_organisation(work, values),
        show=lambda row: _recorded(work, row),
        change=lambda current: _change_organisation(
            work, current, named_fields(body) | {"external_ref": ref.model_dump()}
        ),
    )


def add_client_contact(work: UnitOfWork, organisation_id: UUID, body: ClientContactIn) -> ClientContactOut:
    """Create a client contact at an organisation, and index the name for search.

    Raises 404 for an unknown organisation.
    """
    queries.get_organisation(work, organisation_id)
    values = body.model_dump() | {"organisation_id": organisation_id}
    return _recorded_contact(work, insert_row(work.conn, client_contact, _new_contact(work, values)))


def change_client_contact(
    work: UnitOfWork, organisation_id: UUID, contact_id: UUID, body: ClientContactChange
) -> ClientContactOut:
    """Change a client contact of an organisation. Raises 404 if the organisation has no such contact."""
    current = queries.get_client_contact(work, contact_id, organisation_id, lock=True)
    return _change_contact(work, current, named_fields(body))


def put_client_contact(work: UnitOfWork, ref: ExternalRef, body: ClientContactPut) -> tuple[ClientContactOut, bool]:
    """Create or update a client contact by the contact's id in another system.

    Return the pair of the client contact and True if the client contact is new, else False.
    """
    queries.get_organisation(work, body.organisation_id, pointer="/organisation_id")
    values = body_with_path_ref(ref, body)
    return upsert_by_ref(
        work,
        client_contact,
        find=lambda: queries.find_client_contact_by_ref(work, ref, lock=True),
        new=lambda: _new_contact(work, values),
        show=lambda row: _recorded_contact(work, row),
        change=lambda current: _change_contact(work, current, named_fields(body) | {"external_ref": ref.model_dump()}),
    )


def detach_client_contact(work: UnitOfWork, contact_id: UUID) -> None:
    """Remove a client contact's external reference, so that a contact at another organisation can have it."""
    update_row(work.conn, client_contact, work.agency_id, contact_id, {"external_system": None, "external_id": None})


def _new_organisation(work: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    row = exceptions_as_json(ref_to_columns(values))
    _check_exceptions(work, row)
    return row | {
        "agency_id": work.agency_id,
        "id": work.new_id("organisation"),
        "contact_style": _merged({}, values["contact_style"]),
        "policy": {},
        "created_at": work.now,
    }


def _recorded(work: UnitOfWork, row: sa.RowMapping) -> OrganisationOut:
    index_name(work.conn, organisation, work.agency_id, row["id"], row["name"])
    return queries.show_organisation(row)


def _check_exceptions(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Raise 422 if calendar exceptions do not fit the organisation's holiday region, or the agency's if it has none."""
    if row["calendar_exceptions"]:
        region = row["holiday_region"] or get_agency(work).holiday_region
        check_exceptions(work, row["calendar_exceptions"], region)


def _change_organisation(work: UnitOfWork, current: OrganisationOut, changes: Mapping[str, Any]) -> OrganisationOut:
    work.expect(current)
    before, wanted = exceptions_as_json(current.model_dump()), exceptions_as_json(changes)
    if "contact_style" in wanted:
        before["contact_style"] = queries.get_stored_contact_style(work, current.id)
        wanted["contact_style"] = _merged(before["contact_style"], wanted["contact_style"])
    values = {name: value for name, value in wanted.items() if value != before[name]}
    if not values:
        return current
    if values.keys() & {"holiday_region", "calendar_exceptions"}:
        _check_exceptions(work, before | values)
    row = update_row(work.conn, organisation, work.agency_id, current.id, ref_to_columns(values))
    if "name" in values:
        index_name(work.conn, organisation, work.agency_id, current.id, row["name"])
    if values.keys() & _ASSESSED:
        request_reassessment(work, "organisation", current.id)
    return queries.show_organisation(row)


def _merged(stored: Mapping[str, Any], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the stored contact style with the changes merged in.

    A field that is null is removed; null changes remove all.
    """
    together = {} if changes is None else {**stored, **changes}
    return {name: value for name, value in together.items() if value is not None}


def _new_contact(work: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    return ref_to_columns(values) | {
        "agency_id": work.agency_id,
        "id": work.new_id("client_contact"),
        "created_at": work.now,
    }


def _recorded_contact(work: UnitOfWork, row: sa.RowMapping) -> ClientContactOut:
    index_name(work.conn, client_contact, work.agency_id, row["id"], row["name"])
    return queries.show_client_contact(row)


def _change_contact(work: UnitOfWork, current: ClientContactOut, changes: Mapping[str, Any]) -> ClientContactOut:
    work.expect(current)
    before = current.model_dump()
    values = {name: value for name, value in changes.items() if value != before[name]}
    if not values:
        return current
    if "organisation_id" in values:
        raise conflict(
            "other_organisation",
            "This client contact is recorded at another organisation and cannot be moved. Record a new one there.",
        )
    row = update_row(work.conn, client_contact, work.agency_id, current.id, ref_to_columns(values))
    if "name" in values:
        index_name(work.conn, client_contact, work.agency_id, current.id, row["name"])
    return queries.show_client_contact(row)
