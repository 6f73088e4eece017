"""Translation of Ashby's events into canonical records."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import UNDATED, AnyRecord, ClientContact, Gone, Interview, Job, Merged, Status
from app.connectors.contract import ApiExchange, DatedEvent, Translation
from app.connectors.crm.ashby import milestones
from app.connectors.crm.ashby import payload_parsers as read
from app.connectors.crm.ashby.client import call
from app.connectors.crm.ashby.interviews import interviews
from app.connectors.parsing import folded_word, id_text, mapping, parse_instant, sequence, value_at
from app.connectors.vendor_vocabulary import Vocabulary

# [V: api-evangelist/ashby-hq, openapi/_original/ashby-openapi.yml, webhooks].
WEBHOOKS = (
    "applicationSubmit",
    "applicationUpdate",
    "candidateHire",
    "candidateStageChange",
    "candidateDelete",
    "candidateMerge",
    "interviewScheduleCreate",
    "interviewScheduleUpdate",
    "jobCreate",
    "jobUpdate",
    "offerCreate",
    "offerUpdate",
    "offerDelete",
    "signatureRequestUpdate",
)
"""The types of webhooks that an employer creates in Ashby."""
_NOTHING = "{} has nothing that Keepwarm stores."
_UNKEPT = {
    **dict.fromkeys(
        (
            "interviewPlanTransition",
            "jobPostingPublish",
            "jobPostingUnpublish",
            "jobPostingUpdate",
            "openingCreate",
            "surveySubmit",
        ),
        _NOTHING,
    ),
    "pushToHRIS": "candidateHire reports the same hire.",
}
_NAMES = {folded_word(name): name for name in (*WEBHOOKS, *_UNKEPT)}


def translate(event: DatedEvent, *, connected: bool) -> ApiExchange[Translation]:
    """Return the canonical records of an Ashby event. `connected` says that an API key to fetch details with is set."""
    words = Vocabulary()
    translation = yield from _translated(event, words, connected=connected)
    return replace(translation, unknown=words.unknown)


def _translated(event: DatedEvent, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    event_time, data = event.occurred_at, value_at(event.document, "data")
    action = event.type if event.type.startswith("fetched.") else _NAMES.get(folded_word(event.type), event.type)
    match action:
        case "applicationSubmit" | "applicationUpdate" | "candidateStageChange" | "candidateHire":
            result = yield from _application(
                action, value_at(data, "application"), event_time, words, connected=connected
            )
            return _with_offer(result, value_at(data, "application", "id"), value_at(data, "offer"), event_time, words)
        case "fetched.application":
            result = yield from _application(action, event.document, event_time, words, connected=connected)
            return (yield from _with_current_offer(result, event.document, event_time, words, connected=connected))
        case "interviewScheduleCreate" | "interviewScheduleUpdate":
            return (
                yield from _schedule(
                    action, value_at(data, "interviewSchedule"), event_time, words, connected=connected
                )
            )
        case "fetched.interview":
            return (yield from _schedule(action, event.document, event_time, words, connected=connected))
        case "offerCreate" | "offerUpdate" | "offerDelete" | "signatureRequestUpdate":
            return (yield from _of_offer(action, data, event_time, words, connected=connected))
        case "jobCreate" | "jobUpdate":
            return (yield from _job(value_at(data, "job"), event_time, words, connected=connected))
        case "fetched.job":
            return (yield from _job(event.document, event_time, words, connected=False))
        case "fetched.note":
            return _note(event.document, event_time, words)
        case "candidateDelete":
            id = id_text(value_at(data, "candidate", "id"))
            return _only(Gone(kind="candidate", id=id, version=event_time) if id else None)
        case "candidateMerge":
            deleted, into = (
                id_text(value_at(data, "deletedCandidate", "id")),
                id_text(value_at(data, "mergedCandidate", "id")),
            )
            return _only(Merged(id=deleted, into=into, version=event_time) if deleted and into else None)
    if action not in _UNKEPT:
        words.miss("event", action)
    return Translation(ignored=_UNKEPT.get(action, _NOTHING).format(action))


def _only(record: AnyRecord | None) -> Translation:
    return Translation([record]) if record else Translation(ignored="The payload lacks an id.")


def _application(
    action: str, told_of: Any, event_time: datetime, words: Vocabulary, *, connected: bool
) -> ApiExchange[Translation]:
    """Return an Ashby application with the candidate, the job and the hiring managers that its JSON object contains."""
    record = mapping(told_of)
    changed = read.version(record, event_time)
    status = (
        Status(value="@hired", label="Hired", at=changed)
        if action == "candidateHire"
        else read.ended(record, changed, words)
    )
    if status is None and action in ("applicationSubmit", "candidateStageChange"):
        # These two are sent when the stage changes.
        status = read.stage(record, changed)
    elif status is None and connected and (id := id_text(record.get("id"))):
        # An update can be of any field: the history dates the stage.
        record = mapping((yield from call("application.info", {"applicationId": id})).get("results")) or record
        changed = read.version(record, event_time)
        status = read.ended(record, changed, words) or (yield from _current_status(record, changed, words))
    elif status is None:
        status = read.stage(record, changed)
    records = _application_records(record, changed, status, words)
    return Translation(records, ignored=None if records else "The application lacks its candidate or its job.")


def _current_status(record: Any, changed: datetime, words: Vocabulary) -> ApiExchange[Status | None]:
    """Return the stage of an Ashby application in progress, or its offer if that is newer.

    An offer does not change the stage, so an update of any other field must not undo it.
    """
    since = read.entered(record) or changed
    stage = read.stage(record, since)
    if not read.in_offer_stage(record):
        return stage
    found = yield from milestones.offers_of(id_text(value_at(record, "id")) or "")
    statuses = [
        status
        for offer in found
        if (
            status := read.offered(
                offer, parse_instant(value_at(offer, "latestVersion", "createdAt")) or changed, words
            )
        )
    ]
    newest = max(statuses, key=lambda status: status.at, default=None)
    return newest if newest and newest.at >= since else stage


def _application_records(record: Any, changed: datetime, status: Status | None, words: Vocabulary) -> list[AnyRecord]:
    """Return the records of an Ashby application, referenced records first. Return an empty list if its candidate or
    job is missing.
    """
    person, vacancy = (
        read.candidate(value_at(record, "candidate"), changed),
        read.job(value_at(record, "job"), UNDATED, words),
    )
    application = read.application(record, changed if status else UNDATED, status)
    if not (person and vacancy and application):
        return []
    managers = read.hiring_managers(value_at(record, "hiringTeam"), changed)
    return [*managers, person, _managed(vacancy, managers), application]


def _managed(vacancy: Job, managers: Sequence[ClientContact]) -> Job:
    """Return a copy of the job whose hiring manager is the first of `managers`; without any, the job unchanged."""
    return replace(vacancy, hiring_manager_id=managers[0].id) if managers else vacancy


def _schedule(
    action: str, schedule: Any, event_time: datetime, words: Vocabulary, *, connected: bool
) -> ApiExchange[Translation]:
    """Return the interviews of an Ashby schedule, after their application. A schedule that lost its times gives
    deletions only.
    """
    changed = read.version(schedule, event_time)
    rounds = interviews(schedule, changed, words)
    if not any(isinstance(each, Interview) for each in rounds):
        dropped = rounds if action == "interviewScheduleUpdate" else []
        return Translation(dropped, ignored="The schedule names no application, or no time (yet).")
    application_id = id_text(value_at(schedule, "applicationId"))
    if not connected or application_id is None:
        return Translation(rounds)
    found = yield from call("application.info", {"applicationId": application_id})
    record = mapping(found.get("results"))
    before = _application_records(record, read.version(record, event_time), None, words)
    if not before:
        return Translation(ignored="The application of this interview is not, or no longer, in Ashby.")
    return Translation([*before, *rounds])


def _of_offer(
    action: str, data: Any, event_time: datetime, words: Vocabulary, *, connected: bool
) -> ApiExchange[Translation]:
    if action == "signatureRequestUpdate":
        return (yield from milestones.signature(data, event_time, words, connected=connected))
    handler = _deleted_offer if action == "offerDelete" else _offer
    return (yield from handler(value_at(data, "offer"), event_time, words, connected=connected))


def _offer(offer: Any, event_time: datetime, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    """Return the records of an Ashby offer that was sent, answered or withdrawn. Fetch the application, of which an
    offer has only the id.
    """
    status, id = read.offered(offer, event_time, words), id_text(value_at(offer, "applicationId"))
    if id is None:
        return Translation(ignored="The offer names no application.")
    unsent = None if status else "The offer is not out yet, or it was taken back."
    if not connected:
        proved = milestones.milestones(id, offer, event_time, words, is_current=False)
        return Translation(proved, ignored=unsent or "Ashby, which knows whose offer it is, is not connected.")
    record = mapping((yield from call("application.info", {"applicationId": id})).get("results"))
    changed = read.version(record, event_time)
    # The end or hire of an application is newer than its offer.
    records = _application_records(record, changed, read.ended(record, changed, words) or status, words)
    if not records:
        return Translation(ignored="The offer's application is not, or no longer, in Ashby.")
    current = milestones.current_offer((yield from milestones.offers_of(id)))
    proved = milestones.milestones(id, current or offer, event_time, words, is_current=bool(current))
    return Translation([*records, *proved], ignored=unsent)


def _deleted_offer(offer: Any, event_time: datetime, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    """Return the records of a deleted Ashby offer. Another offer of the same application may be the current one."""
    id = id_text(value_at(offer, "applicationId"))
    if id is None:
        return Translation(ignored="The offer names no application.")
    current = milestones.current_offer((yield from milestones.offers_of(id))) if connected else None
    proved = milestones.milestones(id, current, event_time, words, is_current=True)
    return Translation(proved or milestones.withdrawn(id, event_time))


def _with_offer(result: Translation, id: Any, offer: Any, event_time: datetime, words: Vocabulary) -> Translation:
    """Return a hire's translation with the milestones of the offer that the payload of candidateHire contains [V]."""
    application_id = id_text(id)
    if not (result.records and application_id and offer):
        return result
    proved = milestones.milestones(application_id, offer, event_time, words, is_current=False)
    return replace(result, records=[*result.records, *proved])


def _with_current_offer(
    result: Translation, record: Any, event_time: datetime, words: Vocabulary, *, connected: bool
) -> ApiExchange[Translation]:
    """Return a fetched application's translation, with the current offer if the application is hired or in an offer
    stage.
    """
    id = id_text(value_at(record, "id"))
    has_offer = read.in_offer_stage(record) or folded_word(value_at(record, "status")) == "hired"
    if not (result.records and id and has_offer and connected):
        return result
    current = milestones.current_offer((yield from milestones.offers_of(id)))
    proved = milestones.milestones(id, current, event_time, words, is_current=True)
    return replace(result, records=[*result.records, *proved])


def _job(record: Any, event_time: datetime, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    """Return an Ashby job after its hiring managers. Fetch its openings if the job is closed: they say whether it was
    filled.
    """
    changed, openings = read.version(record, event_time), sequence(value_at(record, "openings"))
    if connected and read.is_closed(record) and (id := id_text(value_at(record, "id"))):
        answer = yield from call("job.info", {"id": id, "expand": ["openings"]}, optional=True)
        openings = sequence(value_at(answer.get("results"), "openings"))
    vacancy = read.job(record, changed, words, openings)
    if vacancy is None:
        return Translation(ignored="The job lacks its id or its title.")
    managers = read.hiring_managers(value_at(record, "hiringTeam"), changed)
    return Translation([*managers, _managed(vacancy, managers)])


def _note(document: Any, event_time: datetime, words: Vocabulary) -> Translation:
    """Return a note fetched from Ashby as an activity, after its candidate's application. `document` is `{note,
    application}`.
    """
    record = value_at(document, "application")
    before = _application_records(record, read.version(record, event_time), None, words)
    person = id_text(value_at(record, "candidate", "id"))
    written = read.activity(value_at(document, "note"), person, event_time) if before and person else None
    if written is None:
        return Translation(ignored="The note lacks its id or its candidate.")
    return Translation([*before, written])
