"""Routes of applications, their assessment, their activity timeline and contact checks."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.applications import activity_timeline, assessment, contact_check, queries, service
from app.applications.facts.schemas import Channel, Party, Purpose, Stage
from app.applications.schemas import (
    ApplicationChange,
    ApplicationIn,
    ApplicationOut,
    AssessmentOut,
    ContactCheckOut,
    HistoryOut,
)
from app.kit.errors import invalid
from app.kit.field_types import AtInQuery, RefId, RefSystem, ref
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
TAG = "3 · Applications and interviews"


@router.post("/applications", status_code=201, response_model=ApplicationOut, tags=[TAG])
async def open_application(body: ApplicationIn, context: RecruiterContext) -> Response:
    """Open an application: one candidate for one job."""
    return await context.create(service.open_application, body)


@router.get("/applications", response_model=Page[ApplicationOut], tags=[TAG])
async def list_applications(
    context: ViewerContext,
    candidate_id: UUID | None = None,
    job_id: UUID | None = None,
    organisation_id: UUID | None = None,
    recruiter_id: UUID | None = None,
    stage: Stage | None = None,
    effective_stage: Stage | None = None,
    parked: Annotated[
        bool, Query(description="Only those whose assessment failed too often and was given up.")
    ] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List applications, filtered by candidate, job, organisation, recruiter or stage."""
    filters = {
        "candidate_id": candidate_id,
        "job_id": job_id,
        "organisation_id": organisation_id,
        "recruiter_id": recruiter_id,
        "stage": stage,
        "effective_stage": effective_stage,
    }
    paging = context.paging(limit, cursor, **filters, **({"parked": parked} if parked else {}))
    return await context.read(queries.list_applications, paging, filters, parked=parked)


@router.get("/applications/by-ref/{system}/{id:path}", response_model=ApplicationOut, tags=[TAG])
async def get_application_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get an application by its id in your CRM."""
    return await context.read(queries.get_application_by_ref, ref(system, id))


@router.put("/applications/by-ref/{system}/{id:path}", response_model=ApplicationOut, tags=[TAG])
async def put_application(system: RefSystem, id: RefId, body: ApplicationIn, context: RecruiterContext) -> Response:
    """Create or update an application by its id in your CRM."""
    return await context.upsert(service.put_application, ref(system, id), body)


@router.get("/applications/{application_id}", response_model=ApplicationOut, tags=[TAG])
async def get_application(application_id: UUID, context: ViewerContext) -> Response:
    """Get an application with its current state."""
    return await context.read(queries.get_application, application_id)


@router.patch("/applications/{application_id}", response_model=ApplicationOut, tags=[TAG])
async def change_application(application_id: UUID, body: ApplicationChange, context: RecruiterContext) -> Response:
    """Assign an application to another recruiter, or set its external reference."""
    return await context.write(service.change_application, application_id, body)


@router.post("/applications/{application_id}/revive", response_model=ApplicationOut, tags=[TAG])
async def revive_application(application_id: UUID, context: RecruiterContext) -> Response:
    """Retry the assessment of a parked application, whose assessment had failed too often."""
    return await context.write(service.revive_application, application_id)


@router.get("/applications/{application_id}/assessment", response_model=AssessmentOut, tags=["1 · Today"])
async def get_assessment(application_id: UUID, context: ViewerContext, as_of: AtInQuery | None = None) -> Response:
    """Assess one application, now or at another instant: flags with reasons, actions, the follow-up window.

    An `as_of` in the past shows why the application was flagged then. An `as_of` in the future shows what happens
    without new facts.
    """
    return await context.read(assessment.get_assessment, application_id, as_of)


@router.get("/applications/{application_id}/history", response_model=HistoryOut, tags=["1 · Today"])
async def get_history(application_id: UUID, context: ViewerContext) -> Response:
    """Get the history of an application: everything that happened, in order, one sentence each."""
    return await context.read(activity_timeline.get_history, application_id)


@router.get("/applications/{application_id}/contact-check", response_model=ContactCheckOut, tags=["1 · Today"])
async def check_contact(
    application_id: UUID,
    context: ViewerContext,
    from_party: Party,
    to_party: Party,
    channel: Channel = "other",
    purpose: Purpose = "unspecified",
    two_way: bool = False,
    at: Annotated[AtInQuery | None, Query()] = None,
) -> Response:
    """Check a contact before it is made. The answer holds the flags that the contact would raise.

    The answer also says when, or by which channel, the contact would raise none.
    """
    if from_party == to_party:
        raise invalid("/query/to_party", "`from_party` and `to_party` must be two different parties.")
    contact = (from_party, to_party, channel, purpose, two_way)
    return await context.read(contact_check.check_contact_now, application_id, *contact, at)
