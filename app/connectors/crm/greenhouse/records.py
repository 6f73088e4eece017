"""Translation of Greenhouse's events into canonical records."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Application, Candidate, Gone, Kind, Merged
from app.connectors.contract import ApiExchange, DatedEvent, Translation
from app.connectors.crm.greenhouse import applications, milestones, statuses
from app.connectors.crm.greenhouse import payload_parsers as read
from app.connectors.crm.greenhouse.client import by_ids, openings
from app.connectors.parsing import folded_word, id_text, sequence, value_at
from app.connectors.vendor_vocabulary import Vocabulary

# The names of events [V: grnhse/greenhouse-api-docs, source/includes/webhooks].
_APPLICATIONS = (
    "new_candidate_application",
    "application_updated",
    "candidate_stage_change",
    "reject_candidate",
    "unreject_candidate",
    "hire_candidate",
    "unhire_candidate",
)
_OFFERS = ("offer_created", "offer_updated", "offer_approved")
_JOBS = ("job_created", "job_updated", "job_approved")
_DELETED: Mapping[str, tuple[Kind, str]] = {
    "delete_application": ("application", "application"),
    "interview_deleted": ("interview", "interview"),
    "job_deleted": ("job", "job"),
}
ACTIONS = (
    *_APPLICATIONS,
    "update_candidate",
    "merge_candidate",
    "delete_candidate",
    "candidate_anonymized",
    *_OFFERS,
    "offer_deleted",
    *_JOBS,
    *_DELETED,
)
"""The types of events that an employer creates web hooks for in Greenhouse."""
_UNKEPT = (
    "scorecard_deleted",
    "job_post_created",
    "job_post_updated",
    "job_post_deleted",
    "job_interview_stage_deleted",
    "department_deleted",
    "office_deleted",
)
_NAMES = {folded_word(name): name for name in (*ACTIONS, "new_prospect_application", *_UNKEPT)}


def translate(event: DatedEvent, *, connected: bool) -> ApiExchange[Translation]:
    """Return the canonical records of a Greenhouse event. `connected` is True if there is a credential to fetch details
    from Harvest.
    """
    words = Vocabulary()
    translation = yield from _translated(event, words, connected=connected)
    return replace(translation, unknown=words.unknown)


def _translated(event: DatedEvent, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    event_time, payload = event.occurred_at, value_at(event.document, "payload")
    if event.type.startswith("fetched."):
        return _fetched(event.type.removeprefix("fetched."), event.document, event_time, words)
    action = _NAMES.get(folded_word(event.type), event.type)
    if action in _APPLICATIONS:
        return (
            yield from applications.application(
                action, value_at(payload, "application"), event_time, words, connected=connected
            )
        )
    if action in _OFFERS:
        return (yield from applications.offer(payload, event_time, words, connected=connected))
    if action == "offer_deleted":
        return (yield from applications.deleted_offer(payload, event_time, connected=connected))
    if action in _JOBS:
        return (yield from _job(value_at(payload, "job"), event_time, words, connected=connected))
    if action in _DELETED:
        kind, where = _DELETED[action]
        gone = id_text(value_at(payload, where, "id"))
        return _only(Gone(kind=kind, id=gone, version=event_time) if gone else None)
    match action:
        case "new_prospect_application":
            person = read.candidate(value_at(payload, "application", "candidate"), event_time)
            return Translation([person] if person else (), ignored="A prospect is on no job yet.")
        case "update_candidate":
            return _only(read.candidate(value_at(payload, "candidate"), event_time))
        case "merge_candidate":
            id, into = (
                id_text(value_at(payload, "person", "id")),
                id_text(value_at(payload, "person", "new_candidate_id")),
            )
            return _only(Merged(id=id, into=into, version=event_time) if id and into else None)
        case "delete_candidate":
            return _deleted(value_at(payload, "person"), event_time)
        case "candidate_anonymized":
            person_gone = id_text(value_at(payload, "candidate_id"))
            return Translation(
                [Gone(kind="candidate", id=person_gone, version=event_time)] if person_gone else (),
                ignored="An anonymised candidate is treated as one who was deleted.",
            )
    if action not in _UNKEPT:
        words.miss("event", action)
    return Translation(ignored=f"{action} has nothing that Keepwarm stores.")


def _only(record: AnyRecord | None) -> Translation:
    return Translation([record]) if record else Translation(ignored="The payload lacks an id or a name.")


def _deleted(person: Any, event_time: datetime) -> Translation:
    id = id_text(value_at(person, "id"))
    if not id:
        return Translation(ignored="The payload lacks an id.")
    theirs = [found for each in sequence(value_at(person, "deleted_application_ids")) if (found := id_text(each))]
    gone = [Gone(kind="application", id=each, version=event_time) for each in theirs]
    return Translation([*gone, Gone(kind="candidate", id=id, version=event_time)])


# --- Jobs ---


def _job(record: Any, event_time: datetime, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    """Return a Greenhouse job after its hiring managers, if Harvest names them. The first of them becomes the job's
    hiring manager.
    """
    closed = (yield from openings([record])) if connected else {}
    vacancy = read.job(record, event_time, words, closed.get(id_text(value_at(record, "id")) or "", ()))
    if vacancy is None:
        return _only(None)
    team = sequence(value_at(record, "hiring_team", "hiring_managers"))
    if not (connected and team):
        return Translation([vacancy])
    found = yield from by_ids("users", (value_at(each, "user_id") for each in team))
    users = (found.get(id_text(value_at(each, "user_id")) or "") for each in team)
    managers = [manager for user in users if (manager := read.hiring_manager(user, event_time))]
    if not managers:
        return Translation([vacancy])
    return Translation([*managers, replace(vacancy, hiring_manager_id=managers[0].id)])


# --- Fetched records ---


def _fetched(what: str, document: Any, event_time: datetime, words: Vocabulary) -> Translation:
    """Return the records of a job, application, interview or note that a sync fetched. Candidate, job and application
    come first.
    """
    if what == "job":
        return _only(read.job(value_at(document, "job"), event_time, words, sequence(value_at(document, "openings"))))
    if what == "application":
        return _application(document, event_time, words)
    around = applications.bundled(document, None, event_time, words)
    if what == "interview":
        return _interview(document, around.records, event_time, words)
    record, person = value_at(document, "note"), value_at(document, "candidate")
    if read.is_between_others(record, person):
        return Translation(ignored="No address of the candidate that Greenhouse knows is in this email.")
    written = read.activity(record, person, event_time)
    people = {each.id for each in around.records if isinstance(each, Candidate)}
    if written is None or written.candidate_id not in people:
        return Translation(ignored="Greenhouse made this entry by itself, or it is about no candidate.")
    if written.application_id not in {each.id for each in around.records if isinstance(each, Application)}:
        written = replace(written, application_id=None)
    return Translation([*around.records, written])


def _application(document: Any, event_time: datetime, words: Vocabulary) -> Translation:
    whole = applications.bundled(document, statuses.current_status(document, event_time, words), event_time, words)
    id = id_text(value_at(document, "application", "id"))
    proved = (
        milestones.milestones(id, value_at(document, "offer"), event_time, is_current=True)
        if id and not whole.ignored
        else []
    )
    return replace(whole, records=[*whole.records, *proved])


def _interview(document: Any, around: Sequence[AnyRecord], event_time: datetime, words: Vocabulary) -> Translation:
    found = read.interview(value_at(document, "interview"), event_time, words)
    if found is None:
        return Translation(ignored="The interview has no time of day (yet).")
    if not any(isinstance(each, Application) for each in around):
        return Translation(ignored="The interview's application is not, or no longer, on a job.")
    return Translation([*around, found])
