"""Keeping notes, calls, emails and meetings as interactions, each as the connection's activity map has it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import AHEAD
from app.applications.facts.interactions import put_interaction, void_interaction
from app.applications.facts.schemas import InteractionPut, VoidIn
from app.applications.models import application
from app.connectors.keeping.applications import find_application, opening
from app.connectors.keeping.outcome import Desk, News, Outcome
from app.connectors.linked import IGNORE
from app.connectors.records import Activity
from app.connectors.words import is_ours
from app.kit.errors import Problem

_UNCLEAR = "it does not say which application it is about"


def keep_activity(desk: Desk, record: Activity) -> Outcome:
    """Log what was said, unless we wrote it there ourselves or the map ignores its type."""
    with desk.newer("activity", record) as news:
        if record.mark is not None or news.thing.ours or is_ours(record.text):
            news.left_out("echo", "Keepwarm wrote it")
        elif news:
            _keep(desk, news, record)
    return news.outcome


def _keep(desk: Desk, news: News, record: Activity) -> None:
    entry = desk.link.activity(record.type)
    parties = None if entry is None or isinstance(entry, str) else _parties(entry, record)
    if entry is None:
        _unmapped(news, record, f"the activity map does not know {record.type!r}")
    elif isinstance(entry, str):
        news.left_out("ignored", f"the activity map leaves {record.type!r} out" if entry == IGNORE else entry)
    elif parties is None:
        _unmapped(news, record, f"the activity map does not say who spoke to whom in {record.type!r}")
    elif record.occurred_at > desk.work.now + AHEAD:
        news.left_out("ignored", "it lies in the future")
    elif (at := _application(desk, record)) is None:
        news.left_out("ignored", _UNCLEAR, waits_for=_opening(desk, record))
    else:
        made, is_new = _log(desk, record, at, _body(entry, parties, record))
        news.kept(made, is_new)
        if news.thing.was_gone(record.version):
            take_back(desk, made)


def _log(desk: Desk, record: Activity, application_id: UUID, body: Mapping[str, Any]) -> tuple[UUID, bool]:
    told = InteractionPut.model_validate({**body, "application_id": application_id})
    try:
        made, is_new = put_interaction(desk.work, desk.link.ref(record.id), told)
    except Problem as problem:
        if problem.code != "already_voided":
            raise
        # Taken back here or in the CRM: it counts for nothing, whatever it is corrected to.
        return _known(desk, record.id), False
    return made.id, is_new


def take_back(desk: Desk, id: UUID) -> None:
    """Void an interaction that was deleted in the CRM."""
    try:
        void_interaction(desk.work, id, VoidIn(reason=f"Deleted in {desk.link.name}"[:200]))
    except Problem as problem:
        if problem.code != "already_voided":
            raise


def _known(desk: Desk, external_id: str) -> UUID:
    return desk.known.must("activity", external_id)


def _parties(entry: Mapping[str, Any], record: Activity) -> tuple[str, str] | None:
    """Who spoke to whom: as the map says, else as the CRM tells. Everything in a CRM is with the recruiter."""
    if (speaker := entry.get("from_party")) and (listener := entry.get("to_party")):
        return speaker, listener
    party = record.party or ("client" if record.client_contact_id and not record.candidate_id else None)
    party = party or ("candidate" if record.candidate_id and not record.client_contact_id else None)
    if party is None or record.direction is None:
        return None
    return (party, "recruiter") if record.direction == "in" else ("recruiter", party)


def _body(entry: Mapping[str, Any], parties: tuple[str, str], record: Activity) -> dict[str, Any]:
    two_way = entry.get("two_way", record.two_way)
    return {
        "from_party": parties[0],
        "to_party": parties[1],
        "channel": entry["channel"],
        "purpose": entry.get("purpose", "unspecified"),
        "occurred_at": record.occurred_at,
        "two_way": bool(two_way),
        "automatic": bool(entry.get("automatic", False)),
        "summary": record.text,
    }


def _application(desk: Desk, record: Activity) -> UUID | None:
    """The application it is about: as named, else the candidate's on the job, else the only one it can be."""
    known = desk.known
    if record.application_id is not None and (found := known.id_of("application", record.application_id)) is not None:
        return found
    job_id = record.job_id and known.id_of("job", record.job_id)
    if record.candidate_id is not None:
        candidate_id = known.id_of("candidate", record.candidate_id)
        return None if candidate_id is None else find_application(desk, candidate_id, job_id or None)
    return _only_one(
        desk, job_id or None, record.organisation_id and known.id_of("organisation", record.organisation_id)
    )


def _opening(desk: Desk, record: Activity) -> str | None:
    """The opening after which it may be about something: a CRM may tell of a call before it tells of the interview."""
    if record.application_id is not None:
        return opening("application", record.application_id)
    if record.candidate_id is not None:
        return opening("candidate", desk.known.merged(record.candidate_id))
    return None if record.job_id is None else opening("job", record.job_id)


def _only_one(desk: Desk, job_id: UUID | None, organisation_id: UUID | str | None) -> UUID | None:
    """The one application in progress on the job, or at the organisation; a talk about several is about none."""
    columns = application.c
    if job_id is None and not organisation_id:
        return None
    place = columns.job_id == job_id if job_id is not None else columns.organisation_id == organisation_id
    found = desk.work.conn.scalars(
        sa.select(columns.id).where(columns.agency_id == desk.work.agency_id, columns.in_progress, place).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _unmapped(news: News, record: Activity, reason: str) -> None:
    news.left_out("unmapped", reason, ("activity", record.type[:200]))
