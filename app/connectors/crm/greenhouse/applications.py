"""Applications of Greenhouse, read from webhook events, from offers and from the Harvest API."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import UNDATED, AnyRecord, Application, Status
from app.connectors.contract import ApiExchange, Translation
from app.connectors.crm.greenhouse import milestones, statuses
from app.connectors.crm.greenhouse import payload_parsers as read
from app.connectors.crm.greenhouse.client import bundles, by_ids, of_applications, states
from app.connectors.parsing import folded_word, id_text, mapping, parse_email, parse_instant, sequence, value_at
from app.connectors.toolkit import latest_instant
from app.connectors.vendor_vocabulary import Vocabulary

_BOOKED = ("scheduled", "awaitingfeedback", "collectfeedback", "complete")


def application(
    action: str, record: Any, event_time: datetime, words: Vocabulary, *, connected: bool
) -> ApiExchange[Translation]:
    """Return the candidate, the job and the application of a Greenhouse webhook's payload, with its interviews."""
    id = id_text(value_at(record, "id"))
    vacancy = read.job(value_at(record, "job") or next(iter(sequence(value_at(record, "jobs"))), None), UNDATED, words)
    as_of = parse_instant(value_at(record, "last_activity_at"))
    changed = as_of or event_time
    person = read.candidate(value_at(record, "candidate"), changed)
    if value_at(record, "prospect") is True or not (id and person and vacancy):
        return Translation(
            [person] if person else (), ignored="The application names no candidate or is on no job yet."
        )
    if action in ("hire_candidate", "unhire_candidate", "unreject_candidate"):
        status, changed, as_of = yield from _turned(action, record, id, event_time, words, connected=connected)
    else:
        status = yield from _status(action, record, id, changed, words, connected=connected)
    application = Application(
        id=id,
        version=changed if status else UNDATED,
        candidate_id=person.id,
        job_id=vacancy.id,
        status=status,
        recruiter_email=parse_email(value_at(record, "candidate", "recruiter", "email")),
        as_of=as_of if status else None,
    )
    records: list[AnyRecord] = [person, vacancy, application]
    # The interviews of a payload are steps of the job's plan without times, so the interviews are fetched.
    steps = sequence(value_at(record, "current_stage", "interviews"))
    if connected and any(folded_word(value_at(step, "status")) in _BOOKED for step in steps):
        found = yield from of_applications("interviews", [id])
        records += [
            each for one in found if (each := read.interview(one, event_time, words)) and each.application_id == id
        ]
    if action == "hire_candidate":
        current = (yield from _current_offer(id, event_time)) if connected else []
        records += current or milestones.of_hire(id, value_at(record, "offer"), event_time)
    return Translation(records)


def _status(
    action: str, record: Any, id: str, changed: datetime, words: Vocabulary, *, connected: bool
) -> ApiExchange[Status | None]:
    """Return the status of the application in a Greenhouse webhook. An update can concern any field, so Harvest is
    asked when the stage began.
    """
    outcome = statuses.outcome(record, words)
    if action == "reject_candidate" or outcome == "rejected":
        return read.rejection(
            value_at(record, "rejection_reason"), parse_instant(value_at(record, "rejected_at")) or changed, words
        )
    if outcome == "hired":
        return statuses.hired(changed)
    if action != "application_updated" or not connected:
        return read.stage(record, changed)
    known = yield from states({id: {"application": mapping(record)}})
    return statuses.in_stage(record, known[id], changed, words)


def _turned(
    action: str, record: Any, id: str, event_time: datetime, words: Vocabulary, *, connected: bool
) -> ApiExchange[tuple[Status | None, datetime, datetime | None]]:
    """Return the status, the version and `as_of` after a hire, or after a hire or rejection was undone.

    Greenhouse's own samples date none of these events. A hire has no time, and an undone end keeps the time of that
    end. The status begins when the event was received, unless Harvest has another status by now.
    """
    known = (yield from by_ids("applications", [id])) if connected else {}
    current, told_outcome = known.get(id), "hired" if action == "hire_candidate" else "going"
    changed = statuses.version(current, event_time) if current else event_time
    as_of = latest_instant(value_at(record, "last_activity_at"), *([changed.isoformat()] if current else []))
    if current and statuses.outcome(current, words) != told_outcome:
        state = (yield from states({id: {"application": current}}))[id]
        return statuses.current_status(state, event_time, words), changed, as_of
    if action == "hire_candidate":
        return statuses.hired(changed), changed, as_of
    counts_from = max(changed, event_time)
    taken_back = "hire" if action == "unhire_candidate" else "rejection"
    reason = f"The {taken_back} was taken back in Greenhouse."
    status = read.stage(record, counts_from, reason=reason)
    if current and changed > (
        parse_instant(value_at(record, "last_activity_at")) or changed
    ):  # it may have moved on since
        state = (yield from states({id: {"application": current}}))[id]
        now = statuses.in_stage(current, state, counts_from, words)
        status = replace(now, reason=reason) if now else status
    return status, counts_from, as_of


def offer(payload: Any, event_time: datetime, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    """Return the records of a Greenhouse offer that was created, answered or replaced. An offer names only its
    application.

    A webhook can be late, so Harvest is asked for the current offer and for the application's status.
    """
    document = mapping(value_at(payload, "offer")) or mapping(payload)
    id = id_text(document.get("application_id"))
    if id is None:
        return Translation(ignored="The offer names no application.")
    status = statuses.offered(document, event_time, words)
    unsent = None if status else "The offer was not sent yet, or a newer version took its place."
    if not connected:
        proved = milestones.milestones(id, document, event_time, is_current=False)
        return Translation(
            proved, ignored=unsent or "Harvest, which knows the candidate of the offer, is not connected."
        )
    known = yield from bundles([id])
    if id not in known:
        return Translation(ignored="The application of this offer is not, or no longer, in Greenhouse.")
    known = yield from states(known)
    if statuses.outcome(value_at(known[id], "application"), words) != "going":
        # The end or hire of an application is newer than its offer.
        status = statuses.current_status(known[id], event_time, words)
    whole = bundled(known[id], status, event_time, words)
    current = value_at(known[id], "offer")
    proved = milestones.milestones(id, current or document, event_time, is_current=bool(current))
    return replace(whole, records=[*whole.records, *proved], ignored=whole.ignored or unsent)


def deleted_offer(payload: Any, event_time: datetime, *, connected: bool) -> ApiExchange[Translation]:
    """Return the records of a deleted Greenhouse offer. Another offer of the same application may be the
    current one.
    """
    id = id_text(value_at(payload, "offer", "application_id"))
    if id is None:
        return Translation(ignored="The offer names no application.")
    current = (yield from _current_offer(id, event_time)) if connected else []
    return Translation(current or milestones.withdrawn(id, event_time))


def _current_offer(id: str, event_time: datetime) -> ApiExchange[list[AnyRecord]]:
    """Fetch the current offer of an application and return its milestones. Return an empty list without an offer or a
    permission to read offers.
    """
    found = yield from of_applications("offers", [id], current_only="true")
    current = next((each for each in found if id_text(value_at(each, "application_id")) == id), None)
    return milestones.milestones(id, current, event_time, is_current=True)


def bundled(document: Any, status: Status | None, event_time: datetime, words: Vocabulary) -> Translation:
    """Return an application that Harvest returned, with its candidate and its job. With no `status` the application has
    no version time.
    """
    version = statuses.version(value_at(document, "application"), event_time)
    person = read.candidate(value_at(document, "candidate"), version)
    vacancy = read.job(value_at(document, "job"), UNDATED, words)
    if vacancy is not None and vacancy.status not in ("open", None):
        # Only the openings, which are fetched with the job itself, say whether it was filled.
        vacancy = replace(vacancy, status=None, status_at=None)
    told_of = value_at(document, "application")
    application = read.applied(told_of, version if status else UNDATED, status) if person and vacancy else None
    if application is not None and status is not None:
        application = replace(application, as_of=version)
    records = [each for each in (person, vacancy, application) if each is not None]
    return Translation(records, ignored=None if application else "The application is of no candidate or on no job.")
