"""Routes of organisations and client contacts."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.kit.field_types import RefId, RefSystem, ref
from app.kit.pagination import Cursor, Limit, Page
from app.kit.search import Search
from app.kit.strict_json import router as feature_router
from app.organisations import queries, service
from app.organisations.schemas import (
    ClientContactChange,
    ClientContactIn,
    ClientContactOut,
    ClientContactPut,
    OrganisationChange,
    OrganisationIn,
    OrganisationOut,
)

router = feature_router()
TAGS: list[str | Enum] = ["5 · Organisations and jobs"]

# The by-ref routes come first: a system may be called "client-contacts", and ids may hold slashes.


@router.put("/organisations/by-ref/{system}/{id:path}", response_model=OrganisationOut, tags=TAGS)
async def put_organisation(system: RefSystem, id: RefId, body: OrganisationIn, context: RecruiterContext) -> Response:
    """Create or update an organisation by its id in your CRM."""
    return await context.upsert(service.put_organisation, ref(system, id), body)


@router.get("/organisations/by-ref/{system}/{id:path}", response_model=OrganisationOut, tags=TAGS)
async def get_organisation_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get an organisation by its id in your CRM."""
    return await context.read(queries.get_organisation_by_ref, ref(system, id))


@router.put("/client-contacts/by-ref/{system}/{id:path}", response_model=ClientContactOut, tags=TAGS)
async def put_client_contact(
    system: RefSystem, id: RefId, body: ClientContactPut, context: RecruiterContext
) -> Response:
    """Create or update a client contact by the contact's id in your CRM."""
    return await context.upsert(service.put_client_contact, ref(system, id), body)


@router.get("/client-contacts/by-ref/{system}/{id:path}", response_model=ClientContactOut, tags=TAGS)
async def get_client_contact_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a client contact by the contact's id in your CRM."""
    return await context.read(queries.get_client_contact_by_ref, ref(system, id))


@router.post("/organisations", status_code=201, response_model=OrganisationOut, tags=TAGS)
async def add_organisation(body: OrganisationIn, context: RecruiterContext) -> Response:
    """Create an organisation: a client of the agency, with its calendar and its contact style."""
    return await context.create(service.add_organisation, body)


@router.get("/organisations", response_model=Page[OrganisationOut], tags=TAGS)
async def list_organisations(
    context: ViewerContext, q: Search = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the agency's organisations, or those that `q` finds by name."""
    return await context.read(queries.list_organisations, context.paging(limit, cursor, q=q), q)


@router.get("/organisations/{organisation_id}", response_model=OrganisationOut, tags=TAGS)
async def get_organisation(organisation_id: UUID, context: ViewerContext) -> Response:
    """Get an organisation."""
    return await context.read(queries.get_organisation, organisation_id)


@router.patch("/organisations/{organisation_id}", response_model=OrganisationOut, tags=TAGS)
async def change_organisation(organisation_id: UUID, body: OrganisationChange, context: RecruiterContext) -> Response:
    """Change an organisation. A new calendar or contact style reassesses the organisation's open applications."""
    return await context.write(service.change_organisation, organisation_id, body)


@router.post(
    "/organisations/{organisation_id}/client-contacts", status_code=201, response_model=ClientContactOut, tags=TAGS
)
async def add_client_contact(organisation_id: UUID, body: ClientContactIn, context: RecruiterContext) -> Response:
    """Create a client contact: a person at an organisation, such as the hiring manager."""
    return await context.create(service.add_client_contact, organisation_id, body)


@router.get("/organisations/{organisation_id}/client-contacts", response_model=Page[ClientContactOut], tags=TAGS)
async def list_client_contacts(
    organisation_id: UUID, context: ViewerContext, q: Search = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the client contacts of an organisation, or those whom `q` finds by name."""
    return await context.read(queries.list_client_contacts, organisation_id, context.paging(limit, cursor, q=q), q)


@router.get("/client-contacts", response_model=Page[ClientContactOut], tags=TAGS)
async def find_client_contacts(
    context: ViewerContext,
    q: Search = None,
    organisation_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the client contacts of all organisations or of one, or those whom `q` finds by name."""
    paging = context.paging(limit, cursor, q=q, organisation_id=organisation_id)
    return await context.read(queries.find_client_contacts, paging, q, organisation_id)


@router.get("/organisations/{organisation_id}/client-contacts/{contact_id}", response_model=ClientContactOut, tags=TAGS)
async def get_client_contact(organisation_id: UUID, contact_id: UUID, context: ViewerContext) -> Response:
    """Get a client contact."""
    return await context.read(queries.get_client_contact, contact_id, organisation_id)


@router.patch(
    "/organisations/{organisation_id}/client-contacts/{contact_id}", response_model=ClientContactOut, tags=TAGS
)
async def change_client_contact(
    organisation_id: UUID, contact_id: UUID, body: ClientContactChange, context: RecruiterContext
) -> Response:
    """Change a client contact's name, role, e-mail address or phone number."""
    return await context.write(service.change_client_contact, organisation_id, contact_id, body)
