"""Import of organisations and client contacts."""

from typing import Any
from uuid import UUID

from app.connectors import canonical_records
from app.connectors.ingest.import_context import ImportContext, Outcome
from app.jobs.schemas import JobOut
from app.kit.field_types import In
from app.organisations.queries import get_client_contact
from app.organisations.schemas import ClientContactOut, ClientContactPut, OrganisationIn
from app.organisations.service import detach_client_contact, put_client_contact, put_organisation

OWN = "own"
"""The external id of the organisation that is the connection's own employer, as an employer's ATS does not name it."""


def ingest_organisation(context: ImportContext, record: canonical_records.Organisation) -> Outcome:
    """Create or update an organisation."""
    with context.importing("organisation", record) as result:
        if result:
            body = body_of(OrganisationIn, name=record.name, time_zone=record.time_zone)
            made, is_new = put_organisation(context.work, context.loaded.ref(record.id), body)
            result.imported(made.id, is_new)
    return result.outcome


def ingest_contact(context: ImportContext, record: canonical_records.ClientContact) -> Outcome:
    """Create or update a client contact. A contact with a new employer becomes a new contact at that organisation."""
    with context.importing("client_contact", record) as result:
        if result:
            id = context.states.find_id("client_contact", record.id)
            current = None if id is None else get_client_contact(context.work, id)
            if current and organisation_of(context, record.organisation_id, current) != current.organisation_id:
                # The contact at the former organisation stays in that one's history.
                detach_client_contact(context.work, current.id)
            body = body_of(
                ClientContactPut,
                name=record.name,
                email=record.email,
                phone=record.phone,
                role=record.role or ("other" if current is None else current.role),
                organisation_id=organisation_of(context, record.organisation_id, current),
            )
            made, is_new = put_client_contact(context.work, context.loaded.ref(record.id), body)
            result.imported(made.id, is_new)
    return result.outcome


def organisation_of(context: ImportContext, id: str | None, current: JobOut | ClientContactOut | None) -> UUID:
    """Return the id of the organisation that a record names. Without one, return that of the stored job or contact,
    else the connection's own.
    """
    if id is not None:
        return context.states.require_id("organisation", id)
    if current is not None:
        return current.organisation_id
    body = OrganisationIn(name=context.loaded.organisation_name)
    found = context.states.find_id("organisation", OWN)
    return found or put_organisation(context.work, context.loaded.ref(OWN), body)[0].id


def body_of(shape: type[In], **values: Any) -> Any:
    """Return a request body of this schema with the values that are not None. Fields that are left out keep their
    values.
    """
    return shape.model_validate({name: value for name, value in values.items() if value is not None})
