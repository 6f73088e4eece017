"""Import of notes, calls, emails and meetings as interactions, by the connection's activity map."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import MAX_AHEAD
from app.applications.facts.fact_operations import find_by_ref, lock_fact
from app.applications.facts.interactions import (
    detach_interaction,
    put_interaction,
    void_and_detach_interaction,
    void_interaction,
)
from app.applications.facts.schemas import InteractionPut, VoidIn
from app.applications.models import application, interaction
from app.connectors.canonical_records import Activity, Kind
from app.connectors.ingest.application_state import former_applications
from app.connectors.ingest.applications import opening_key
from app.connectors.ingest.import_context import ImportContext, Outcome, RecordResult
from app.connectors.ingest.sync_state import EntityState
from app.connectors.loaded_connection import IGNORE
from app.connectors.parsing import content_digest
from app.connectors.toolkit import add_marker, find_markers
from app.kit.errors import Problem
from app.webhooks.models import event

_UNCLEAR = "it does not say which application it is about"


def ingest_activity(context: ImportContext, record: Activity) -> list[Outcome]:
    """Log an activity on each application that it is about. Skip activities that we wrote, and types that the activity
    map ignores.

    Return an outcome for each application.
    """
    with context.importing("activity", record) as result:
        if result.entity.written_by_us or _is_ours(context, record):
            result.skip("echo", "Keepwarm wrote it")
        elif result:
            _import_activity(context, result, record)
    return [result.outcome, *result.further]


def _is_ours(context: ImportContext, record: Activity) -> bool:
    """Return True if the activity carries the mark of an event of this agency. Another Keepwarm may use the same CRM.

    Any event counts: deliveries are removed with their connection, and the next connection reads their notes again.
    """
    markers = find_markers(add_marker(record.text or "", record.mark or ""))
    mine = (event.c.agency_id == context.work.agency_id, event.c.id.in_(markers))
    return bool(markers) and context.work.conn.execute(sa.select(event.c.id).where(*mine).limit(1)).first() is not None


def _import_activity(context: ImportContext, result: RecordResult, record: Activity) -> None:
    entry = context.loaded.activity(record.type)
    parties = None if entry is None or isinstance(entry, str) else _parties(entry, record)
    if entry is None:
        _unmapped(result, record, f"the activity map has no entry for {record.type!r}")
    elif isinstance(entry, str):
        result.skip("ignored", f"the activity map leaves {record.type!r} out" if entry == IGNORE else entry)
    elif parties is None:
        _unmapped(result, record, f"the activity map does not say who spoke to whom in {record.type!r}")
    elif record.occurred_at > context.work.now + MAX_AHEAD:
        result.skip("ignored", "it is in the future and will be applied then", until=record.occurred_at)
    else:
        _log(context, result, record, _body(entry, parties, record))


def _log(context: ImportContext, result: RecordResult, record: Activity, body: Mapping[str, Any]) -> None:
    """Log an activity on each application that it is about. Void the interactions on applications that it is no longer
    about.
    """
    rows = _rows(context, result)
    found = [_application(context, one, _logged_before(context, rows, one)) for one in _each(record)]
    targets = list(dict.fromkeys(id for id in found if id is not None))
    lost = [one for one, id in zip(_each(record), found, strict=True) if id is None]
    voided = rows.get(record.id) if not record.also else None
    if voided is not None and voided["voided_at"] is not None:
        # An interaction that was voided here stays voided after any correction in the CRM.
        result.imported(voided["id"], created=False, reason="it was voided here")
    elif not targets:
        result.skip("ignored", _UNCLEAR, waits_for=_opening(context, record))
    else:
        _log_on_each(context, result, record, body, targets, rows)
        for one in lost:
            result.further.append(
                Outcome("activity", record.id, "ignored", reason=_UNCLEAR, waits_for=_opening(context, one))
            )


def _log_on_each(
    context: ImportContext,
    result: RecordResult,
    record: Activity,
    body: Mapping[str, Any],
    targets: Sequence[UUID],
    rows: Mapping[str, sa.RowMapping],
) -> None:
    places = {row["application_id"]: external_id for external_id, row in rows.items()}
    taken = set(rows)
    for external_id, row in rows.items():
        if row["application_id"] not in targets and row["voided_at"] is None:
            void_and_detach_interaction(context.work, row["id"], VoidIn(reason=f"Moved in {context.loaded.name}"[:200]))
            taken.discard(external_id)
    kept = []
    for target in targets:
        external_id = places.get(target) or (_part(record.id, target) if record.id in taken else record.id)
        taken.add(external_id)
        kept.append(external_id)
        if target in places and rows[external_id]["voided_at"] is not None:
            result.add(rows[external_id]["id"], created=False, reason="it was voided here")
            continue
        put = InteractionPut.model_validate({**body, "application_id": target})
        made, is_new = put_interaction(context.work, context.loaded.ref(external_id), put)
        result.add(made.id, created=is_new)
        if result.entity.was_deleted(record.version):
            void_deleted_activity(context, made.id)
    parts = sorted({*kept, *taken} - {record.id})
    context.states.update("activity", record.id, detail={"parts": parts} if parts else None)


def _each(record: Activity) -> list[Activity]:
    """Return one activity for each application that the record is about."""
    further = [
        replace(record, application_id=one.application_id, candidate_id=one.candidate_id, job_id=one.job_id, also=())
        for one in record.also
    ]
    return [replace(record, also=()), *further]


def _rows(context: ImportContext, result: RecordResult) -> dict[str, sa.RowMapping]:
    """Return the interactions that an activity became, by external id. Lock each with its application.

    An interaction that a deletion voided releases its external reference if the CRM has the activity again.
    """
    found = {}
    for external_id in parts_of(result.entity, result.record.id):
        row = find_by_ref(context.work, interaction, context.loaded.ref(external_id))
        if row is None:
            continue
        row = lock_fact(context.work, interaction, "interaction", row["id"])
        if row["void_reason"] == _deleted(context) and result.entity.was_restored(result.record.version):
            detach_interaction(context.work, row["id"])
        else:
            found[external_id] = row
    return found


def parts_of(entity: EntityState, external_id: str) -> Sequence[str]:
    """Return the external ids of all interactions of an activity, one for each application."""
    return (external_id, *(entity.detail or {}).get("parts", ()))


def _part(external_id: str, application_id: UUID) -> str:
    """Return the external id for the interaction that logs the same activity on a further application."""
    name = f"{external_id}#{application_id}"
    return name if len(name) <= 200 else f"hash:{content_digest(name.encode())}"


def _logged_before(context: ImportContext, rows: Mapping[str, sa.RowMapping], subject: Activity) -> Sequence[UUID]:
    """Return the applications of this candidate and job on which the activity was logged before."""
    logged = list(dict.fromkeys(row["application_id"] for row in rows.values()))
    columns = application.c
    wanted = [columns.agency_id == context.work.agency_id, columns.id.in_(logged)]
    if subject.candidate_id is not None:
        wanted.append(columns.candidate_id == context.states.find_id("candidate", subject.candidate_id))
    if subject.job_id is not None:
        wanted.append(columns.job_id == context.states.find_id("job", subject.job_id))
    fitting = set(context.work.conn.scalars(sa.select(columns.id).where(*wanted))) if logged else set()
    return [id for id in logged if id in fitting]


def _deleted(context: ImportContext) -> str:
    return f"Deleted in {context.loaded.name}"[:200]


def void_deleted_activity(context: ImportContext, id: UUID) -> None:
    """Void an interaction that was deleted in the CRM."""
    try:
        void_interaction(context.work, id, VoidIn(reason=_deleted(context)))
    except Problem as problem:
        if problem.code != "already_voided":
            raise


def _parties(entry: Mapping[str, Any], record: Activity) -> tuple[str, str] | None:
    """Return who spoke to whom in an activity: by the activity map, else by the record. One of the two is always the
    recruiter.
    """
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


def _application(context: ImportContext, record: Activity, before: Sequence[UUID]) -> UUID | None:
    """Return the application that an activity is about: the named one, the one logged before, or the only possible one.

    A record that names an application, job or organisation is about no other application. That holds even if the named
    record is unknown here.
    """
    if record.application_id is not None:
        former = former_applications(context, record.application_id) if before else ()
        # It may have been logged before the application was transferred to another job.
        there = next((id for id in before if str(id) in former), None)
        return there or context.states.find_id("application", record.application_id)
    if before and (record.candidate_id is None or record.job_id is None):
        return before[0]
    wanted = []
    named: Sequence[tuple[sa.Column[Any], Kind, str | None]] = (
        (application.c.candidate_id, "candidate", record.candidate_id),
        (application.c.job_id, "job", record.job_id),
        (application.c.organisation_id, "organisation", None if record.job_id else record.organisation_id),
    )
    for column, kind, external_id in named:
        if external_id is not None:
            id = context.states.find_id(kind, external_id)
            if id is None:
                return None
            wanted.append(column == id)
    if record.candidate_id is not None:
        return _latest(context, *wanted)
    return _only_one(context, *wanted) if wanted else None


def _opening(context: ImportContext, record: Activity) -> str | None:
    """Return the wait key of an activity that arrived before its application was opened."""
    if record.application_id is not None:
        return opening_key("application", record.application_id)
    if record.candidate_id is not None:
        return opening_key("candidate", context.states.resolve_merge(record.candidate_id))
    return None if record.job_id is None else opening_key("job", record.job_id)


def _latest(context: ImportContext, *wanted: sa.ColumnElement[bool]) -> UUID | None:
    """Return, of the applications that meet the conditions, the one in progress that was opened last.

    If none is in progress, return the one that ended last; without any, return None. A call about a rejection follows
    the rejection, so the call belongs to the ended application.
    """
    columns = application.c
    since = sa.case((columns.in_progress, columns.opened_at), else_=columns.stage_since)
    found: UUID | None = context.work.conn.scalar(
        sa.select(columns.id)
        .where(columns.agency_id == context.work.agency_id, *wanted)
        .order_by(columns.in_progress.desc(), since.desc(), columns.id.desc())
        .limit(1)
    )
    return found


def _only_one(context: ImportContext, *wanted: sa.ColumnElement[bool]) -> UUID | None:
    """Return the only application in progress that meets the conditions. Return None if there are several or none."""
    columns = application.c
    found = context.work.conn.scalars(
        sa.select(columns.id).where(columns.agency_id == context.work.agency_id, columns.in_progress, *wanted).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _unmapped(result: RecordResult, record: Activity, reason: str) -> None:
    result.skip("unmapped", reason, ("activity", record.type[:200]))
