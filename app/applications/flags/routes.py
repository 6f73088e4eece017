"""Routes of flags, and of the precision of the rules that raise them."""

from dataclasses import asdict
from uuid import UUID

from fastapi import Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.applications.flags import queries, service
from app.applications.flags.queries import FlagFilter
from app.applications.flags.schemas import (
    AcknowledgeIn,
    DismissIn,
    FlagKindName,
    FlagOut,
    RulesOut,
    SeverityName,
    SnoozeIn,
)
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router
from app.webhooks.events import FlagState

router = feature_router()
TODAY = "1 · Today"


@router.get("/flags", response_model=Page[FlagOut], tags=[TODAY])
async def list_flags(
    context: ViewerContext,
    kind: FlagKindName | None = None,
    severity: SeverityName | None = None,
    state: FlagState | None = None,
    recruiter_id: UUID | None = None,
    organisation_id: UUID | None = None,
    application_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List active flags with their reasons. `state=cleared` lists the cleared flags."""
    wanted = FlagFilter(kind, severity, state, recruiter_id, organisation_id, application_id)
    return await context.read(queries.list_flags, context.paging(limit, cursor, **asdict(wanted)), wanted)


@router.get("/flags/{flag_id}", response_model=FlagOut, tags=[TODAY])
async def get_flag(flag_id: UUID, context: ViewerContext) -> Response:
    """Get a flag, with its times and reasons."""
    return await context.read(queries.get_flag, flag_id)


@router.post("/flags/{flag_id}/acknowledge", response_model=FlagOut, tags=[TODAY])
async def acknowledge_flag(flag_id: UUID, body: AcknowledgeIn, context: RecruiterContext) -> Response:
    """Acknowledge a flag. The flag stays, and its action leaves the worklist."""
    return await context.write(service.acknowledge_flag, flag_id, body)


@router.post("/flags/{flag_id}/snooze", response_model=FlagOut, tags=[TODAY])
async def snooze_flag(flag_id: UUID, body: SnoozeIn, context: RecruiterContext) -> Response:
    """Snooze a flag. The flag's action returns to the worklist at the time you name."""
    return await context.write(service.snooze_flag, flag_id, body)


@router.post("/flags/{flag_id}/dismiss", response_model=FlagOut, tags=[TODAY])
async def dismiss_flag(flag_id: UUID, body: DismissIn, context: RecruiterContext) -> Response:
    """Dismiss a flag as wrong.

    The flag stays dismissed until there is new evidence, and counts against its rule's precision.
    """
    return await context.write(service.dismiss_flag, flag_id, body)


@router.post("/flags/{flag_id}/reopen", response_model=FlagOut, tags=[TODAY])
async def reopen_flag(flag_id: UUID, context: RecruiterContext) -> Response:
    """Undo the acknowledgement, the snooze or the dismissal of a flag."""
    return await context.write(service.reopen_flag, flag_id)


@router.get("/rules", response_model=RulesOut, tags=["6 · Policy"])
async def list_rules(context: ViewerContext) -> Response:
    """List every rule with its source, what clears its flag, and how often recruiters dismissed the flag."""
    return await context.read(queries.list_rules)
