"""Records about an erased candidate: they are skipped, and the body of their event is dropped."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.applications.models import application, check, interaction, interview, milestone
from app.candidates.models import candidate
from app.connectors.canonical_records import Activity, AnyRecord, Application, Gone, Kind, Merged, Subject
from app.connectors.ingest.applications import application_key, opening_key
from app.connectors.ingest.import_context import ImportContext, Outcome
from app.connectors.models import external_entity
from app.kit.dialects import lock_against_deletion

CANDIDATE_ERASED = "the candidate was erased; records about them are skipped"
_FACTS: dict[Kind, sa.Table] = {
    "interview": interview,
    "activity": interaction,
    "check": check,
    "milestone": milestone,
}
_ABOUT_SOMEBODY: tuple[Kind, ...] = ("candidate", "application", *_FACTS)
_KINDS: dict[str, Kind] = {
    "Candidate": "candidate",
    "Merged": "candidate",
    "Application": "application",
    "Interview": "interview",
    "Activity": "activity",
    "Check": "check",
    "Milestone": "milestone",
}


def mentioned_entities(record: AnyRecord) -> set[tuple[Kind, str]]:
    """Return the entities that identify the candidate of a record; none for a record about no candidate."""
    kind = record.kind if isinstance(record, Gone) else _KINDS.get(type(record).__name__)
    if kind not in _ABOUT_SOMEBODY:
        return set()
    named: list[tuple[Kind, str | None]] = [
        (kind, record.id),
        ("candidate", record.into if isinstance(record, Merged) else getattr(record, "candidate_id", None)),
        ("application", getattr(record, "application_id", None)),
    ]
    named += [reference for subject in getattr(record, "also", ()) for reference in _subject(subject)]
    return {(kind, id) for kind, id in named if id is not None}


def _subject(subject: Subject) -> list[tuple[Kind, str | None]]:
    return [("candidate", subject.candidate_id), ("application", subject.application_id)]


def without_erased(context: ImportContext, record: Activity) -> Activity:
    """Return an activity about only those candidates who are not erased. Its text is removed if it is also about erased
    ones.
    """
    own = Subject(application_id=record.application_id, candidate_id=record.candidate_id, job_id=record.job_id)
    everybody = (own, *record.also)
    living = tuple(
        one for one in everybody if not _are_erased(context, {(kind, id) for kind, id in _subject(one) if id})
    )
    if len(living) == len(everybody) or not living:
        return record
    first = living[0]
    return replace(
        record,
        application_id=first.application_id,
        candidate_id=first.candidate_id,
        job_id=first.job_id,
        also=living[1:],
        text=None,
    )


def is_erased(context: ImportContext, record: AnyRecord) -> bool:
    """Return True if a record is about an erased candidate, named directly, by an application or by a fact on one.

    Candidates who are not erased are locked against erasure until the end of the transaction.
    """
    return _are_erased(context, mentioned_entities(record))


def _are_erased(context: ImportContext, named: set[tuple[Kind, str]]) -> bool:
    if not named:
        return False
    ids = {kind: [id for of, id in named if of == kind] for kind in _ABOUT_SOMEBODY}
    people = ids["candidate"] or _of_applications_told(context, ids["application"])
    found = [_refs(context, candidate, candidate.c.id, (context.states.resolve_merge(id) for id in people))]
    found.append(_refs(context, application, application.c.candidate_id, ids["application"]))
    for kind, table in _FACTS.items():
        on = sa.and_(table.c.agency_id == application.c.agency_id, table.c.application_id == application.c.id)
        found.append(_refs(context, table, application.c.candidate_id, ids[kind], application, on))
    columns = candidate.c
    whose = sa.union_all(*(statement for statement in found if statement is not None))
    theirs = sa.select(columns.erased_at).where(columns.agency_id == context.work.agency_id, columns.id.in_(whose))
    # Locked: an erasure before the end of this transaction would not see what this event is about.
    return any(erased_at is not None for erased_at in context.work.conn.scalars(lock_against_deletion(theirs)))


def skip_erased(context: ImportContext, record: AnyRecord) -> Outcome:
    """Skip a record about an erased candidate. Store only the ids of an application, so that records which name only
    the application are recognised.
    """
    kind = record.kind if isinstance(record, Gone) else _KINDS[type(record).__name__]
    if isinstance(record, Application) and context.states.find_id("application", record.id) is None:
        context.states.lock("application", record.id)
        ids = {"candidate_id": record.candidate_id, "job_id": record.job_id}
        context.states.update("application", record.id, detail={**ids, "recruiter_email": None, "status": None})
        context.states.wake(f"application {record.id}")
        context.states.wake(opening_key("application", record.id))
        context.states.wake(application_key(context, record.candidate_id))
    return Outcome(kind, record.id, "erased", reason=CANDIDATE_ERASED)


def _of_applications_told(context: ImportContext, ids: list[str]) -> list[str]:
    """Return the CRM ids of the candidates of these applications, by the stored sync states, opened or not."""
    if not ids:
        return []
    columns = external_entity.c
    mine = (columns.agency_id == context.work.agency_id, columns.connection_id == context.loaded.id)
    wanted = (columns.kind == "application", columns.external_id.in_(ids), columns.detail.is_not(None))
    details = context.work.conn.scalars(sa.select(columns.detail).where(*mine, *wanted))
    return [detail["candidate_id"] for detail in details]


def _refs(
    context: ImportContext, table: sa.Table, column: sa.Column[Any], ids: Iterable[str], *joined: Any
) -> sa.Select[Any] | None:
    """Return a SELECT of the candidates in rows of a table whose external ids are these CRM ids. Return None without
    ids.
    """
    if not (wanted := sorted(set(ids))):
        return None
    columns = table.c
    refs = (columns.external_system == context.loaded.ref_system, columns.external_id.in_(wanted))
    source = table.join(*joined) if joined else table
    return sa.select(column).select_from(source).where(columns.agency_id == context.work.agency_id, *refs)
