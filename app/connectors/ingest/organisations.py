"""Importing organisations and client contacts."""

from typing import Any
from uuid import UUID

from app.connectors import records
from app.connectors.ingest.context import Desk, Outcome
from app.jobs.schemas import JobOut
from app.kit.fields import In
from app.organisations.queries import get_client_contact
from app.organisations.schemas import ClientContactOut, ClientContactPut, OrganisationIn
from app.organisations.service import free_client_contact, put_client_contact, put_organisation

OWN = "own"
"""What an employer's own ATS calls the one organisation that it belongs to: nothing, so we do."""


def keep_organisation(desk: Desk, record: records.Organisation) -> Outcome:
    """Create or update an organisation."""
    with desk.newer("organisation", record) as news:
        if news:
            body = named(OrganisationIn, name=record.name, time_zone=record.time_zone)
            made, is_new = put_organisation(desk.work, desk.link.ref(record.id), body)
            news.kept(made.id, is_new)
    return news.outcome


def keep_contact(desk: Desk, record: records.ClientContact) -> Outcome:
    """Create or update a person at an organisation; a change of employer makes a new person of them there."""
    with desk.newer("client_contact", record) as news:
        if news:
            id = desk.known.id_of("client_contact", record.id)
            current = None if id is None else get_client_contact(desk.work, id)
            if current and organisation_of(desk, record.organisation_id, current) != current.organisation_id:
                # The person has another employer now; who they were at the former one stays in its history.
                free_client_contact(desk.work, current.id)
            body = named(
                ClientContactPut,
                name=record.name,
                email=record.email,
                phone=record.phone,
                role=record.role or ("other" if current is None else current.role),
                organisation_id=organisation_of(desk, record.organisation_id, current),
            )
            made, is_new = put_client_contact(desk.work, desk.link.ref(record.id), body)
            news.kept(made.id, is_new)
    return news.outcome


def organisation_of(desk: Desk, id: str | None, current: JobOut | ClientContactOut | None) -> UUID:
    """Return the organisation that the record names, else the one that is known, else the connection's own."""
    if id is not None:
        return desk.known.must("organisation", id)
    if current is not None:
        return current.organisation_id
    body = OrganisationIn(name=desk.link.organisation_name)
    found = desk.known.id_of("organisation", OWN)
    return found or put_organisation(desk.work, desk.link.ref(OWN), body)[0].id


def named(shape: type[In], **values: Any) -> Any:
    """Return a body with the given values alone: a field that is left out stays as it is known."""
    return shape.model_validate({name: value for name, value in values.items() if value is not None})
