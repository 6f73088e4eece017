"""Follow-up calls and debriefs: one request stores all facts of a phone call: interaction, timeline and promises."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.facts.fact_operations import add_fact, lock_fact, reassess_other_applications
from app.applications.facts.interactions import check_contact, follow_up_events
from app.applications.facts.schemas import (
    CallIn,
    CommitmentOut,
    DebriefIn,
    DebriefOut,
    FollowUpIn,
    FollowUpOut,
    InteractionOut,
    TimelineDuring,
)
from app.applications.models import commitment, interaction, interview
from app.applications.queries import get_application
from app.applications.reassess import reassess
from app.applications.schemas import ApplicationOut
from app.jobs.schemas import TimelineRevisionOut
from app.jobs.service import state_timeline
from app.kit.errors import invalid
from app.kit.external_refs import ref_to_columns, row_to_model

_WORDS = set(CallIn.model_fields)


def log_follow_up(work: UnitOfWork, interview_id: UUID, body: FollowUpIn) -> FollowUpOut:
    """Store a follow-up call with the hiring manager: the interaction, a stated decision timeline, and new promises.

    Raises 422 if the call lies before the start of the interview.
    """
    at, held = _call(work, interview_id)
    details = body.model_dump(mode="json", exclude=_WORDS | {"timeline"}, exclude_none=True)
    logged = _log_call(work, at, held, body, "recruiter", "client", "interview_follow_up", details)
    revision = None if body.timeline is None else _timeline(work, at, body.timeline, logged)
    promises = _promises(work, at, body, logged)
    reassess(work, [at.id], events=follow_up_events(logged))
    return FollowUpOut(
        interaction=row_to_model(InteractionOut, logged), timeline_revision=revision, commitments=promises
    )


def log_debrief(work: UnitOfWork, interview_id: UUID, body: DebriefIn) -> DebriefOut:
    """Store a debrief call with the candidate: the interaction with structured notes, and new promises.

    Raises 422 if the call lies before the start of the interview.
    """
    at, held = _call(work, interview_id)
    details = body.model_dump(mode="json", exclude=_WORDS, exclude_none=True)
    logged = _log_call(work, at, held, body, "candidate", "recruiter", "debrief", details)
    promises = _promises(work, at, body, logged)
    reassess(work, [at.id])
    reassess_other_applications(work, at.id, at.candidate_id)
    return DebriefOut(interaction=row_to_model(InteractionOut, logged), commitments=promises)


def _call(work: UnitOfWork, interview_id: UUID) -> tuple[ApplicationOut, sa.RowMapping]:
    held = lock_fact(work, interview, "interview", interview_id)
    return get_application(work, held["application_id"]), held


def _log_call(
    work: UnitOfWork,
    at: ApplicationOut,
    held: sa.RowMapping,
    body: CallIn,
    from_party: str,
    to_party: str,
    purpose: str,
    details: dict[str, Any],
) -> sa.RowMapping:
    occurred_at = body.occurred_at or work.now
    work.happened("/occurred_at", occurred_at)
    if occurred_at < held["starts_at"]:
        raise invalid("/occurred_at", "`occurred_at` must not be before the interview starts.")
    if body.client_contact_id is not None:
        check_contact(work, at, body.client_contact_id)
    values = {
        "from_party": from_party,
        "to_party": to_party,
        "channel": body.channel,
        "purpose": purpose,
        "occurred_at": occurred_at,
        "two_way": body.reached,
        "automatic": False,
        "interview_id": held["id"],
        "client_contact_id": body.client_contact_id,
        "summary": body.summary,
        "details": details or None,
        "external_ref": body.external_ref,
    }
    return add_fact(work, interaction, "interaction", at.id, ref_to_columns(values))


def _timeline(work: UnitOfWork, at: ApplicationOut, body: TimelineDuring, logged: sa.RowMapping) -> TimelineRevisionOut:
    stated = body if body.stated_at is not None else body.model_copy(update={"stated_at": logged["occurred_at"]})
    return state_timeline(work, at.job_id, stated)


def _promises(work: UnitOfWork, at: ApplicationOut, body: CallIn, logged: sa.RowMapping) -> list[CommitmentOut]:
    made = []
    for promise in body.commitments:
        values = promise.model_dump() | {"made_at": logged["occurred_at"]}
        made.append(row_to_model(CommitmentOut, add_fact(work, commitment, "commitment", at.id, values)))
    return made
