"""Translation of Bullhorn's events and entities into canonical records."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Application, Gone, Interview, Status
from app.connectors.contract import Account, ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.crm.bullhorn.activities import activity
from app.connectors.crm.bullhorn.client import (
    FIELDS,
    KINDS,
    add_attendees,
    add_history,
    fetched,
    rows_of,
    with_whole_lists,
)
from app.connectors.crm.bullhorn.interviews import activity_id, appointment
from app.connectors.crm.bullhorn.milestones import not_placed, placed
from app.connectors.crm.bullhorn.people import (
    candidate_records,
    contact_records,
    job_records,
    organisation_records,
    unknown_job_words,
    version_of,
)
from app.connectors.crm.bullhorn.reference_checks import job_of, reference
from app.connectors.interview_types import named_types
from app.connectors.parsing import (
    folded_word,
    id_text,
    mapping,
    one_line,
    parse_email,
    parse_instant,
    sequence,
    value_at,
)
from app.connectors.toolkit import translation, whole_id

# eventType ENTITY; entityEventType INSERTED, UPDATED, DELETED [V: event subscription].
_VERBS = ("inserted", "updated", "deleted")
_ENTITIES = {folded_word(entity): entity for entity in FIELDS}
_STATUSES = {"status", "isopen"}
"""The status fields of submissions and jobs. An event that reports a change of such a field dates the status."""


def translate(event: DatedEvent, account: Account) -> ApiExchange[Translation]:
    """Return the canonical records of the entity that a Bullhorn event names, as it is now. An event names changed
    fields, but not their values.
    """
    origin, _, entity = event.type.partition(".")
    if origin == "fetched":
        return (yield from _entity_records(account, entity, mapping(event.document), event.occurred_at))
    document = mapping(event.document)
    named, verb, id = (
        one_line(document.get("entityName"), 80),
        folded_word(document.get("entityEventType")),
        _id(document),
    )
    name = _ENTITIES.get(folded_word(named) or "")
    if folded_word(document.get("eventType")) != "entity" or name is None:
        return Translation(ignored=f"Keepwarm does not follow events of {named or 'no entity'}.")
    if id is None:
        return Translation(ignored="The event names no entity's id.")
    # A cancelled appointment still exists, marked as deleted; any other deleted entity is gone.
    if verb == "deleted" and name != "Appointment":
        return _gone(name, id, event.occurred_at)
    found = yield from fetched(name, id, FIELDS[name])
    if not found:
        if verb == "deleted":
            return _gone(name, id, event.occurred_at)
        return Translation(ignored=f"Bullhorn has no {name} {id} to show.")
    if verb == "deleted":
        found = {**found, "isDeleted": True}
    properties = {folded_word(changed) for changed in sequence(document.get("updatedProperties"))}
    dated = event.occurred_at if verb == "inserted" or properties & _STATUSES else None
    result = yield from _entity_records(account, name, found, event.occurred_at, dated)
    # A backfill reads the submissions before the interviews.
    if name == "Appointment":
        result = yield from _with_submissions(result, id, found, event.occurred_at, new=verb == "inserted")
    # Any other verb than the three that Bullhorn names is read as a change.
    unknown = () if verb in _VERBS else (f"event: {one_line(document.get('entityEventType'), 40)}",)
    return replace(result, unknown=[*result.unknown, *unknown])


def translated(
    entity: str,
    document: Any,
    event_time: datetime,
    status_at: datetime | None = None,
    interviews: Collection[str] = (),
) -> Translation:
    """Return the canonical records of a fetched Bullhorn entity.

    `status_at` is when the entity's status began, if the event says so. `interviews` holds the normalised appointment
    types that are interviews; empty means the default types.
    """
    id = id_text(value_at(document, "id"))
    if id is None:
        return Translation(ignored=f"The {entity} has no id.")
    if value_at(document, "isDeleted") is True and entity in KINDS and entity != "Appointment":
        return Translation([Gone(kind=KINDS[entity], id=id, version=max(version_of(document, event_time), event_time))])
    match entity:
        case "ClientCorporation":
            return translation(organisation_records(document, event_time), "The company has no name.")
        case "ClientContact":
            return translation(contact_records(document, event_time), "The contact has no name.")
        case "Candidate":
            return translation(candidate_records(document, event_time), "The candidate has no name.")
        case "JobOrder":
            records = job_records(document, event_time, status_at)
            return replace(translation(records, "The job has no title."), unknown=unknown_job_words(document))
        case "JobSubmission":
            return _submission(id, document, event_time, status_at)
        case "Appointment":
            return appointment(id, document, event_time, interviews)
        case "Note":
            return activity(id, document, event_time)
        case _:
            return Translation(ignored=f"Keepwarm does not follow {entity}.")


def _submission(id: str, document: Any, event_time: datetime, status_at: datetime | None) -> Translation:
    candidate, job = (id_text(value_at(document, one, "id")) for one in ("candidate", "jobOrder"))
    if not (candidate and job):
        return Translation(ignored="The submission names no candidate, or no job.")
    whole = Application(
        id=id,
        version=max(version_of(document, event_time), event_time),
        candidate_id=candidate,
        job_id=job,
        recruiter_email=parse_email(value_at(document, "sendingUser", "email")),
    )
    about = [
        *candidate_records(value_at(document, "candidate"), event_time),
        *job_records(value_at(document, "jobOrder"), event_time),
    ]
    label, steps = one_line(value_at(document, "status")), _steps(document)
    if label is None or not steps or steps[-1].label != label:
        # Without a history the submission's own change dates its status.
        status = Status(value=label, label=label, at=status_at or version_of(document, event_time)) if label else None
        return Translation([*about, replace(whole, status=status)])
    # Each row of the history is a change of its own, and a status that was restored is a row again. A later change of
    # any other field is a record without a status, so that it outdates no placement.
    applications = [replace(whole, version=step.at, status=step) for step in steps]
    return Translation([*about, *applications, *([whole] if whole.version > applications[-1].version else ())])


def _steps(document: Any) -> list[Status]:
    """Return the statuses that a Bullhorn submission has had, the oldest first. Return an empty list if two rows of its
    history have the same time.
    """
    rows = [
        (since, id_text(value_at(row, "id")) or "", label)
        for row in sequence(value_at(document, "history"))
        if (since := parse_instant(value_at(row, "dateAdded"))) and (label := one_line(value_at(row, "status")))
    ]
    # The reference says that dateAdded is the submission's own date. In that case it dates no step.
    if len({since for since, _, _ in rows}) < len(rows):
        return []
    steps: list[Status] = []
    for since, _, label in sorted(rows):
        if not steps or steps[-1].label != label:
            steps.append(Status(value=label, label=label, at=since))
    return steps


def _entity_records(
    account: Account, entity: str, found: Mapping[str, Any], event_time: datetime, status_at: datetime | None = None
) -> ApiExchange[Translation]:
    """Return the canonical records of a fetched Bullhorn entity. Fetch the related entities that its records need."""
    if entity == "Placement":
        submission = yield from _submission_of(found, value_at(found, "candidate", "id"))
        return placed(found, event_time, list(translated("JobSubmission", submission, event_time).records))
    if entity == "CandidateReference":
        return (yield from _referenced(found, event_time))
    if entity == "JobSubmission" and "history" not in found:
        found = (yield from add_history([found]))[0]
    elif entity == "Appointment" and "attendees" not in found:
        found = (yield from add_attendees([found]))[0]
    elif entity == "Note":
        found = yield from with_whole_lists(found)
    return translated(entity, found, event_time, status_at, named_types(account.settings.get("interview_types")))


def _referenced(found: Mapping[str, Any], event_time: datetime) -> ApiExchange[Translation]:
    """Return a Bullhorn reference as a check, after the candidate's submission to the job that the reference names."""
    about: Sequence[AnyRecord] = ()
    if job := job_of(found):
        of_job = {"jobOrder": {"id": job}}
        submission = yield from _submission_of(of_job, value_at(found, "candidate", "id"))
        about = translated("JobSubmission", submission, event_time).records if submission else ()
    ids = [record.id for record in about if isinstance(record, Application)]
    result = reference(found, event_time, ids[-1] if ids else None)
    return replace(result, records=[*(each for each in about if each not in result.records), *result.records])


def _with_submissions(
    result: Translation, id: str, found: Mapping[str, Any], event_time: datetime, *, new: bool
) -> ApiExchange[Translation]:
    """Return the interviews of a Bullhorn appointment, each after its submission. The submission is fetched, as it may
    be older than the connection.
    """
    interviews = [record for record in result.records if isinstance(record, Interview)]
    if not interviews:
        # An appointment that was an interview before its type was changed is none any more.
        is_deleted = any(isinstance(record, Gone) and record.kind == "interview" for record in result.records)
        before = [] if new or is_deleted or not result.records else [Gone(kind="interview", id=id, version=event_time)]
        return replace(result, records=[*result.records, *before])
    records: list[AnyRecord] = []
    without = set[str]()
    for interview in interviews:
        submission = yield from _submission_of(found, interview.candidate_id)
        submission_records = translated("JobSubmission", submission, event_time).records if submission else ()
        records += [record for record in submission_records if record not in records]
        if not submission_records and interview.id != id:
            without.add(interview.id)  # somebody else's candidate who attends is no applicant for this job
    kept = [record for record in result.records if record.id not in without and record not in records]
    return replace(result, records=[*records, *kept])


def _submission_of(found: Mapping[str, Any], person: Any) -> ApiExchange[Mapping[str, Any] | None]:
    """Fetch the submission that a Bullhorn entity names, else the one of this candidate to its job. Return the
    submission with its history, or None.
    """
    named, candidate, job = (
        whole_id(one) for one in (value_at(found, "jobSubmission", "id"), person, value_at(found, "jobOrder", "id"))
    )
    fields = FIELDS["JobSubmission"]
    row: Mapping[str, Any] = {}
    if named:
        row = yield from fetched("JobSubmission", named, fields)
    elif candidate and job:
        where = f"candidate.id={candidate} AND jobOrder.id={job} AND isDeleted=false"
        query = {"where": where, "fields": fields, "orderBy": "-id", "count": "1"}
        response = yield ApiRequest("query/JobSubmission", query, expects=())
        row = next(iter(rows_of(response, "query/JobSubmission")), {})
    return (yield from add_history([row]))[0] if row else None


def _gone(entity: str, id: str, version: datetime) -> Translation:
    if entity not in KINDS:
        return Translation(
            [not_placed(id, version)],
            ignored=f"The {entity} was deleted, and Bullhorn no longer says of which submission: the submission's own "
            "status stands once it is changed.",
        )
    gone = [Gone(kind=KINDS[entity], id=id, version=version)]
    meeting = [Gone(kind="activity", id=activity_id(id), version=version)] if entity == "Appointment" else []
    return Translation([*gone, *meeting])


def _id(document: Any) -> str | None:
    return whole_id(value_at(document, "entityId"))
