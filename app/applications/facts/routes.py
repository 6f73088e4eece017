"""Routes of interactions, commitments, interviews and transitions."""

from uuid import UUID

from fastapi import Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.applications.facts import commitments, follow_up_calls, interactions, interviews, stages
from app.applications.facts.schemas import (
    CommitmentChange,
    CommitmentIn,
    CommitmentOut,
    CommitmentPut,
    DebriefIn,
    DebriefOut,
    FollowUpIn,
    FollowUpOut,
    InteractionIn,
    InteractionOut,
    InteractionPut,
    InterviewChange,
    InterviewIn,
    InterviewOut,
    InterviewPut,
    StageHistoryOut,
    TransitionIn,
    TransitionOut,
    TransitionPut,
    VoidIn,
    WaiverIn,
    WaiverOut,
)
from app.kit.field_types import RefId, RefSystem, ref
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
AFTER = "2 · After the interview"
APPLICATIONS = "3 · Applications and interviews"


@router.post("/interviews/{interview_id}/follow-ups", status_code=201, response_model=FollowUpOut, tags=[AFTER])
async def log_follow_up(interview_id: UUID, body: FollowUpIn, context: RecruiterContext) -> Response:
    """Log your same-day follow-up with the hiring manager: the talk, the decision timeline and new promises."""
    return await context.create(follow_up_calls.log_follow_up, interview_id, body)


@router.post("/interviews/{interview_id}/follow-up-waiver", status_code=201, response_model=WaiverOut, tags=[AFTER])
async def waive_follow_up(interview_id: UUID, body: WaiverIn, context: RecruiterContext) -> Response:
    """Record that an interview needs no follow-up with the hiring manager, and why."""
    return await context.create(interviews.waive_follow_up, interview_id, body)


@router.get("/follow-up-waivers/{waiver_id}", response_model=WaiverOut, tags=[AFTER])
async def get_waiver(waiver_id: UUID, context: ViewerContext) -> Response:
    """Get a waiver of an interview's follow-up."""
    return await context.read(interviews.get_waiver, waiver_id)


@router.post("/follow-up-waivers/{waiver_id}/void", response_model=WaiverOut, tags=[AFTER])
async def void_waiver(waiver_id: UUID, body: VoidIn, context: RecruiterContext) -> Response:
    """Void a waiver of an interview's follow-up. The follow-up is due again."""
    return await context.write(interviews.void_waiver, waiver_id, body)


@router.post("/interviews/{interview_id}/debriefs", status_code=201, response_model=DebriefOut, tags=[AFTER])
async def log_debrief(interview_id: UUID, body: DebriefIn, context: RecruiterContext) -> Response:
    """Log a debrief call with the candidate: the candidate's view of the interview, in structured notes."""
    return await context.create(follow_up_calls.log_debrief, interview_id, body)


@router.post(
    "/applications/{application_id}/interactions", status_code=201, response_model=InteractionOut, tags=[AFTER]
)
async def log_interaction(application_id: UUID, body: InteractionIn, context: RecruiterContext) -> Response:
    """Log one communication between two of the three parties: candidate, recruiter and client.

    The application is reassessed at once.
    """
    return await context.create(interactions.log_interaction, application_id, body)


@router.get("/applications/{application_id}/interactions", response_model=Page[InteractionOut], tags=[AFTER])
async def list_interactions(
    application_id: UUID, context: ViewerContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the interactions of an application, in the order of their times, voided interactions included."""
    return await context.read(interactions.list_interactions, application_id, context.paging(limit, cursor))


@router.get("/interactions/by-ref/{system}/{id:path}", response_model=InteractionOut, tags=[AFTER])
async def get_interaction_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get an interaction by its id in your CRM."""
    return await context.read(interactions.get_interaction_by_ref, ref(system, id))


@router.put("/interactions/by-ref/{system}/{id:path}", response_model=InteractionOut, tags=[AFTER])
async def put_interaction(system: RefSystem, id: RefId, body: InteractionPut, context: RecruiterContext) -> Response:
    """Create or update an interaction by its id in your CRM."""
    return await context.upsert(interactions.put_interaction, ref(system, id), body)


@router.get("/interactions/{interaction_id}", response_model=InteractionOut, tags=[AFTER])
async def get_interaction(interaction_id: UUID, context: ViewerContext) -> Response:
    """Get an interaction: one communication between two of the parties."""
    return await context.read(interactions.get_interaction, interaction_id)


@router.post("/interactions/{interaction_id}/void", response_model=InteractionOut, tags=[AFTER])
async def void_interaction(interaction_id: UUID, body: VoidIn, context: RecruiterContext) -> Response:
    """Void an interaction that was recorded wrongly. The interaction stays visible and has no effect."""
    return await context.write(interactions.void_interaction, interaction_id, body)


@router.post("/applications/{application_id}/commitments", status_code=201, response_model=CommitmentOut, tags=[AFTER])
async def make_commitment(application_id: UUID, body: CommitmentIn, context: RecruiterContext) -> Response:
    """Record what a party promised, such as referee details, a notice period or a decision."""
    return await context.create(commitments.make_commitment, application_id, body)


@router.get("/applications/{application_id}/commitments", response_model=Page[CommitmentOut], tags=[AFTER])
async def list_commitments(
    application_id: UUID, context: ViewerContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the promises that the parties made about an application, voided promises included."""
    return await context.read(commitments.list_commitments, application_id, context.paging(limit, cursor))


@router.get("/commitments/by-ref/{system}/{id:path}", response_model=CommitmentOut, tags=[AFTER])
async def get_commitment_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a commitment by its id in your CRM."""
    return await context.read(commitments.get_commitment_by_ref, ref(system, id))


@router.put("/commitments/by-ref/{system}/{id:path}", response_model=CommitmentOut, tags=[AFTER])
async def put_commitment(system: RefSystem, id: RefId, body: CommitmentPut, context: RecruiterContext) -> Response:
    """Create or update a commitment by its id in your CRM."""
    return await context.upsert(commitments.put_commitment, ref(system, id), body)


@router.get("/commitments/{commitment_id}", response_model=CommitmentOut, tags=[AFTER])
async def get_commitment(commitment_id: UUID, context: ViewerContext) -> Response:
    """Get a commitment: a promise that a party made."""
    return await context.read(commitments.get_commitment, commitment_id)


@router.patch("/commitments/{commitment_id}", response_model=CommitmentOut, tags=[AFTER])
async def change_commitment(commitment_id: UUID, body: CommitmentChange, context: RecruiterContext) -> Response:
    """Record that a promise was kept or dropped, or change its date."""
    return await context.write(commitments.change_commitment, commitment_id, body)


@router.post("/commitments/{commitment_id}/void", response_model=CommitmentOut, tags=[AFTER])
async def void_commitment(commitment_id: UUID, body: VoidIn, context: RecruiterContext) -> Response:
    """Void a promise that was recorded wrongly. The promise stays visible and has no effect."""
    return await context.write(commitments.void_commitment, commitment_id, body)


@router.post(
    "/applications/{application_id}/interviews", status_code=201, response_model=InterviewOut, tags=[APPLICATIONS]
)
async def book_interview(application_id: UUID, body: InterviewIn, context: RecruiterContext) -> Response:
    """Book an interview, or record an interview that was held."""
    return await context.create(interviews.book_interview, application_id, body)


@router.get("/applications/{application_id}/interviews", response_model=Page[InterviewOut], tags=[APPLICATIONS])
async def list_interviews(
    application_id: UUID, context: ViewerContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the interviews of an application, in the order of their start times."""
    return await context.read(interviews.list_interviews, application_id, context.paging(limit, cursor))


@router.get("/interviews/by-ref/{system}/{id:path}", response_model=InterviewOut, tags=[APPLICATIONS])
async def get_interview_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get an interview by its id in your CRM."""
    return await context.read(interviews.get_interview_by_ref, ref(system, id))


@router.put("/interviews/by-ref/{system}/{id:path}", response_model=InterviewOut, tags=[APPLICATIONS])
async def put_interview(system: RefSystem, id: RefId, body: InterviewPut, context: RecruiterContext) -> Response:
    """Create or update an interview by its id in your CRM."""
    return await context.upsert(interviews.put_interview, ref(system, id), body)


@router.get("/interviews/{interview_id}", response_model=InterviewOut, tags=[APPLICATIONS])
async def get_interview(interview_id: UUID, context: ViewerContext) -> Response:
    """Get an interview."""
    return await context.read(interviews.get_interview, interview_id)


@router.patch("/interviews/{interview_id}", response_model=InterviewOut, tags=[APPLICATIONS])
async def change_interview(interview_id: UUID, body: InterviewChange, context: RecruiterContext) -> Response:
    """Change an interview's times, or record its outcome."""
    return await context.write(interviews.change_interview, interview_id, body)


@router.post(
    "/applications/{application_id}/transitions", status_code=201, response_model=TransitionOut, tags=[APPLICATIONS]
)
async def move_to_stage(application_id: UUID, body: TransitionIn, context: RecruiterContext) -> Response:
    """Move an application to another stage. An illegal move is refused with 409; the error lists the legal moves."""
    return await context.create(stages.move_to_stage, application_id, body)


@router.get("/applications/{application_id}/transitions", response_model=StageHistoryOut, tags=[APPLICATIONS])
async def get_stage_history(application_id: UUID, context: ViewerContext) -> Response:
    """Get the recorded transitions, the stage history that follows from all facts, and the legal next stages."""
    return await context.read(stages.get_stage_history, application_id)


@router.get("/transitions/by-ref/{system}/{id:path}", response_model=TransitionOut, tags=[APPLICATIONS])
async def get_transition_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a transition, a recorded move to another stage, by its id in your CRM."""
    return await context.read(stages.get_transition_by_ref, ref(system, id))


@router.put("/transitions/by-ref/{system}/{id:path}", response_model=TransitionOut, tags=[APPLICATIONS])
async def put_transition(system: RefSystem, id: RefId, body: TransitionPut, context: RecruiterContext) -> Response:
    """Record a move to another stage by its id in your CRM. Sent twice, the move is recorded once."""
    return await context.upsert(stages.put_transition, ref(system, id), body)


@router.post("/transitions/{transition_id}/void", response_model=TransitionOut, tags=[APPLICATIONS])
async def void_transition(transition_id: UUID, body: VoidIn, context: RecruiterContext) -> Response:
    """Void the latest transition of an application. An earlier transition is refused until later ones are voided."""
    return await context.write(stages.void_transition, transition_id, body)
