"""Translation of Lever's opportunities, postings, panels and notes into canonical records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import (
    Activity,
    AnyRecord,
    Application,
    Candidate,
    ClientContact,
    Gone,
    Job,
    Status,
)
from app.connectors.contract import ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.crm.lever import milestones
from app.connectors.crm.lever.client import listed
from app.connectors.crm.lever.interviews import panel_records
from app.connectors.parsing import (
    folded_word,
    full_name,
    id_text,
    mapping,
    note_text,
    one_line,
    parse_email,
    parse_instant,
    sequence,
    value_at,
)
from app.connectors.toolkit import first_value, marker_of, translation, unknown_word
from app.connectors.url_paths import safe_segment
from app.connectors.vendor_vocabulary import Vocabulary

# The events of webhooks [V, Lever's documentation, "Webhooks"], folded for comparison.
OF_AN_OPPORTUNITY = {"applicationcreated", "candidatehired", "candidatestagechange", "candidatearchivechange"}
OF_AN_INTERVIEW = {"interviewcreated", "interviewupdated", "interviewdeleted"}
OF_A_CONTACT = {"contactcreated", "contactupdated"}
# "Valid states are published, internal, closed, draft, pending and rejected" [V, Lever's documentation, "List all
# postings"]; Lever's pages show published ones as external, unlisted or confidential [V, help.lever.co, "job posting
# states"]. Drafts and postings that wait for approval can have candidates already; a rejected one is not to be filled.
_POSTING_STATES = {
    **dict.fromkeys(("published", "external", "unlisted", "confidential", "internal"), "open"),
    **dict.fromkeys(("draft", "pending"), "open"),
    **dict.fromkeys(("closed", "rejected"), "closed"),
}

# Lever has two types of archive reasons, hired and non-hired [V, "Archive reasons"]. Only the reason's text says who
# ended it. These come with every account [T, answers of a new account: Underqualified, Unresponsive, Timing, Withdrew,
# Offer declined, Position closed, Hired]; reasons that an agency adds are for its stage map.
_REASONS = {"withdrew": "@withdrawn", "offerdeclined": "@offer_declined", "positionclosed": "@position_closed"}


def translate(event: DatedEvent) -> ApiExchange[Translation]:
    """Return the canonical records of an event. A webhook's objects are fetched from Lever; an event of a sync already
    contains the object.
    """
    event_time, data = event.occurred_at, value_at(event.document, "data")
    opportunity = safe_segment(value_at(data, "opportunityId")) or safe_segment(value_at(data, "candidateId"))
    match event.type if event.type.startswith("fetched.") else folded_word(event.type):
        case kind if kind in OF_AN_OPPORTUNITY:
            return (yield from _opportunity(opportunity, event_time))
        case kind if kind in OF_AN_INTERVIEW:
            panel_id = safe_segment(value_at(data, "panelId")) or safe_segment(value_at(data, "panel"))
            return (yield from _interviews(opportunity, panel_id, event_time))
        case kind if kind in OF_A_CONTACT:
            return (yield from _contact(safe_segment(value_at(data, "contactId")), event_time))
        case "candidatedeleted":
            return (yield from _deleted(opportunity, safe_segment(value_at(data, "contactId")), event_time))
        case "fetched.opportunity":
            return (yield from _opportunity_records(event.document, event_time))
        case "fetched.posting":
            return translation(
                _job(event.document, event_time),
                "the posting lacks its id or title",
                unknown_word("job status", value_at(event.document, "state"), _POSTING_STATES),
            )
        case "fetched.panel":
            panel = value_at(event.document, "panel")
            # A panel has no time of change, so its version is the time of fetching.
            fetched = parse_instant(value_at(event.document, "fetched_at")) or event_time
            found = panel_records(panel, id_text(value_at(event.document, "opportunity")), max(event_time, fetched))
            return translation(found, "the interview panel lacks its id or its times")
        case "fetched.note":
            return _note(event.document)
        case "fetched.offers":
            words = Vocabulary()
            proved = milestones.of_fetched(event.document, event_time, words)
            return translation(proved, "the opportunity has no offer", words.unknown)
        case _:
            return Translation(ignored=f"Keepwarm does nothing with events of the type {event.type}")


def _opportunity(id: str | None, event_time: datetime) -> ApiExchange[Translation]:
    if id is None:
        return Translation(ignored="the event names no opportunity")
    response = yield ApiRequest(f"opportunities/{id}", {"expand": "applications"})
    if not response.ok:
        return Translation(ignored="The opportunity is not, or no longer, in Lever.")
    context = yield from _opportunity_records(value_at(response.document, "data"), event_time)
    return (yield from _with_offers(id, context, event_time))


def _with_offers(id: str, context: Translation, event_time: datetime) -> ApiExchange[Translation]:
    """Return the translation of an opportunity with the milestones of its offers, which are fetched. Lever sends no
    events of offers.
    """
    application = next((each for each in context.records if isinstance(each, Application)), None)
    if application is None:
        return context
    found = yield from listed(f"opportunities/{id}/offers", expects=(403, 404))
    words = Vocabulary()
    is_hired = application.status is not None and application.status.value == "@hired"
    proved = milestones.milestones(application.id, found or (), event_time, words, is_hired=is_hired)
    return replace(context, records=[*context.records, *proved], unknown=[*context.unknown, *words.unknown])


def _opportunity_records(opportunity: Any, event_time: datetime) -> ApiExchange[Translation]:
    """Return a Lever opportunity as an application, after its candidate, its job and the job's hiring manager."""
    id, contact = id_text(value_at(opportunity, "id")), id_text(value_at(opportunity, "contact"))
    # A fetched document is as new as its event, or as the time of fetching.
    times = (
        event_time,
        parse_instant(value_at(opportunity, "updatedAt")),
        parse_instant(value_at(opportunity, "fetched_at")),
    )
    version = max(time for time in times if time)
    records: list[AnyRecord] = list(_candidate(contact, opportunity, version))
    posting = _posting(opportunity)
    if id is None or not records:
        return translation(records, "the opportunity lacks its id, its contact or the contact's name")
    if posting is None:
        return Translation(records, "the opportunity is for no posting, so there is no application yet")
    job = yield from _thing(f"postings/{posting}", {"expand": "hiringManager"})
    records += _job(job, event_time)
    status = yield from _status(opportunity, event_time)
    owner = yield from _expanded(value_at(opportunity, "owner"), "users")
    records.append(
        Application(
            id=id,
            version=version,
            candidate_id=records[0].id,
            job_id=posting,
            status=status,
            recruiter_email=parse_email(value_at(owner, "email")),
        )
    )
    return Translation(records, unknown=unknown_word("job status", value_at(job, "state"), _POSTING_STATES))


def _status(opportunity: Any, event_time: datetime) -> ApiExchange[Status | None]:
    """Return the status of a Lever opportunity: the archive reason if it is archived, else the stage."""
    archived = mapping(value_at(opportunity, "archived"))
    if archived:
        reason = yield from _expanded(archived.get("reason"), "archive_reasons")
        text = one_line(value_at(reason, "text"))
        # A reason that cannot be read is not guessed: its id is listed as unmapped.
        unread = id_text(archived.get("reason")) or "archived"
        by_type = {"hired": "@hired", "nonhired": _REASONS.get(folded_word(text) or "", "@archived")}
        signal = by_type.get(folded_word(value_at(reason, "type")) or "", unread)
        return Status(value=signal, label=text, at=parse_instant(archived.get("archivedAt")) or event_time, reason=text)
    stage = yield from _expanded(value_at(opportunity, "stage"), "stages")
    id = id_text(value_at(stage, "id")) or id_text(value_at(opportunity, "stage"))
    since = _entered(opportunity, id) or parse_instant(value_at(opportunity, "lastAdvancedAt")) or event_time
    return Status(value=id, label=one_line(value_at(stage, "text")), at=since) if id else None


def _entered(opportunity: Any, stage: str | None) -> datetime | None:
    """Return when the opportunity last entered the stage, by its history."""
    times = [
        parse_instant(value_at(change, "updatedAt"))
        for change in sequence(value_at(opportunity, "stageChanges"))
        if id_text(value_at(change, "toStageId")) == stage
    ]
    return max((time for time in times if time), default=None)


def _interviews(opportunity: str | None, panel: str | None, event_time: datetime) -> ApiExchange[Translation]:
    """Return the records of an opportunity with all its panels. Delete the event's panel if Lever no longer lists that
    panel.

    Removing the last interview from a panel removes the panel [U].
    """
    context = yield from _opportunity(opportunity, event_time)
    if opportunity is None or not context.records:
        return context
    panels = yield from listed(f"opportunities/{opportunity}/panels")
    panel_changes: list[AnyRecord] = [
        record for one in panels or () for record in panel_records(one, opportunity, event_time)
    ]
    if panels is not None and panel is not None and panel not in {id_text(value_at(one, "id")) for one in panels}:
        panel_changes.append(Gone(id=panel, version=event_time, kind="interview", parts_from=1))
    return Translation([*context.records, *panel_changes], context.ignored, context.unknown)


def _contact(id: str | None, event_time: datetime) -> ApiExchange[Translation]:
    contact = (yield from _thing(f"contacts/{id}")) if id else None
    return translation(_candidate(id, contact, event_time), "the event names no contact that Lever knows by name")


def _deleted(opportunity: str | None, contact: str | None, event_time: datetime) -> ApiExchange[Translation]:
    """Return deletions of the opportunity and the contact that Lever no longer has. The event alone is no proof: its
    data is not signed.
    """
    deletions: list[AnyRecord] = []
    if opportunity and (yield from _missing(f"opportunities/{opportunity}")):
        deletions.append(Gone(id=opportunity, version=event_time, kind="application"))
        if contact and (yield from _missing(f"contacts/{contact}")):
            deletions.append(Gone(id=contact, version=event_time, kind="candidate"))
    return translation(deletions, "Lever still has what the event calls deleted")


def _note(fetched: Any) -> Translation:
    thread, opportunity = mapping(value_at(fetched, "note")), value_at(fetched, "opportunity")
    id, made = id_text(thread.get("id")), parse_instant(thread.get("createdAt"))
    if id is None or made is None:
        return Translation(ignored="the note lacks its id or its time")
    if deleted := parse_instant(thread.get("deletedAt")):
        return Translation([Gone(id=id, version=deleted, kind="activity")])
    if thread.get("secret") is not False:
        return Translation(ignored="a secret note stays in Lever")
    comments = [one for one in sequence(thread.get("fields")) if note_text(value_at(one, "value"))]
    text = note_text("\n\n".join(value_at(one, "value") for one in comments))
    latest = max((time for one in comments if (time := parse_instant(value_at(one, "createdAt")))), default=made)
    activity = Activity(
        id=id,
        version=max(made, latest),
        type="note: Note",
        occurred_at=made,
        text=text,
        application_id=id_text(value_at(opportunity, "id")),
        candidate_id=id_text(value_at(opportunity, "contact")),
        mark=marker_of(text),
    )
    return Translation([activity])


def _candidate(id: str | None, document: Any, version: datetime) -> list[Candidate]:
    full = full_name(value_at(document, "name"))
    if id is None or full is None:
        return []
    emails, phones = sequence(value_at(document, "emails")), sequence(value_at(document, "phones"))
    address = first_value(parse_email(one) for one in emails)
    phone = first_value(one_line(value_at(one, "value"), 50) for one in phones)
    return [Candidate(id=id, version=version, name=full, email=address, phone=phone)]


def _job(posting: Any, event_time: datetime) -> list[AnyRecord]:
    """Return a Lever posting as a job, after its hiring manager if Lever names one."""
    id, title = id_text(value_at(posting, "id")), one_line(value_at(posting, "text"))
    if id is None or title is None:
        return []
    version = parse_instant(value_at(posting, "updatedAt")) or event_time
    manager, known = value_at(posting, "hiringManager"), []
    if (user := id_text(value_at(manager, "id"))) and (full := full_name(value_at(manager, "name"))):
        address = parse_email(value_at(manager, "email"))
        known = [ClientContact(id=user, version=version, name=full, email=address, role="hiring_manager")]
    state: Any = _POSTING_STATES.get(folded_word(value_at(posting, "state")) or "")
    manager_id = known[0].id if known else None
    return [*known, Job(id=id, version=version, title=title, hiring_manager_id=manager_id, status=state)]


def _posting(opportunity: Any) -> str | None:
    """Return the id of the posting of a Lever opportunity, also of an archived one. Return None if the opportunity has
    no posting.
    """
    for one in sequence(value_at(opportunity, "applications")):
        posting = value_at(one, "posting")
        if found := safe_segment(value_at(posting, "id") if isinstance(posting, Mapping) else posting):
            return found
    return None


def _expanded(value: Any, collection: str) -> ApiExchange[Any]:
    """Return an object of a Lever collection. If the value is only the object's id, fetch the object."""
    if isinstance(value, Mapping):
        return value
    return (yield from _thing(f"{collection}/{id}")) if (id := safe_segment(value)) else None


def _thing(path: str, query: Mapping[str, str] | None = None) -> ApiExchange[Any]:
    response = yield ApiRequest(path, query or {}, expects=(403, 404))
    return value_at(response.document, "data") if response.ok else None


def _missing(path: str) -> ApiExchange[bool]:
    response = yield ApiRequest(path)
    return not response.ok or parse_instant(value_at(response.document, "data", "deletedAt")) is not None
