"""Translation of Recruit CRM's events into canonical records, with the records that they refer to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import (
    AnyRecord,
    ClientContact,
    Gone,
    Job,
    Kind,
    Organisation,
)
from app.connectors.contract import ApiExchange, DatedEvent, Translation
from app.connectors.crm.recruitcrm import payload_parsers as read
from app.connectors.crm.recruitcrm.activities import (
    ACTIVITIES,
    WHAT,
    activity,
    id_of_one,
    interview,
    is_interview_meeting,
)
from app.connectors.crm.recruitcrm.client import Subjects, related_records, subjects_of, with_known_manager
from app.connectors.crm.recruitcrm.milestones import placement, with_related
from app.connectors.parsing import id_text, mapping, value_at

_KINDS: Mapping[str, Kind] = {
    "candidate": "candidate",
    "company": "organisation",
    "contact": "client_contact",
    "job": "job",
}
_PLAIN = {
    "candidate": read.candidate,
    "company": read.organisation,
    "contact": read.client_contact,
    "job": read.job,
}


def translate(event: DatedEvent, settings: Mapping[str, str]) -> ApiExchange[Translation]:
    """Return the canonical records of a Recruit CRM event. The event of a record that a sync fetched has the type
    `fetched.<kind>`.
    """
    event_time, record = event.occurred_at, event.document
    fetched = event.type.startswith("fetched.")
    subject, _, verb = event.type.removeprefix("fetched.").partition(".")
    if event.type in ("candidate.hiringstage.updated", "candidate.assigned"):
        return (yield from _staged(record, event_time))
    if event.type == "candidate.unassigned":
        left = read.application(record, event_time)
        gone = Gone(kind="application", id=left.id, version=event_time) if left else None
        return _only(gone, "candidate and job")
    if verb == "deleted" and (subject in _KINDS or subject in ACTIVITIES):
        return _deleted(subject, record, event_time, settings)
    if subject == "application":
        return _assigned(record, event_time)
    if subject in _PLAIN and verb in ("", "created", "updated", "status.updated", "created.talentpool"):
        status_at = event_time if verb == "status.updated" else None
        return (yield from _plain(subject, record, event_time, status_at, alone=fetched))
    if event.type in ("placement.created", "placement.updated", "placement.deleted"):
        return (yield from placement(verb, record, event_time, settings))
    if subject == "meeting" and is_interview_meeting(record, settings):
        return (yield from interview(record, event_time))
    if subject in ACTIVITIES:
        return (yield from activity(subject, verb, record, event.key, event_time))
    return Translation(ignored=f"{event.type} has nothing that Keepwarm stores.")


def _only(record: AnyRecord | None, lacks: str) -> Translation:
    return Translation([record]) if record else Translation(ignored=f"The record lacks its {lacks}.")


def _deleted(subject: str, record: Any, event_time: datetime, settings: Mapping[str, str]) -> Translation:
    if subject in _KINDS:
        slug = id_text(value_at(record, "slug"))
        return _only(Gone(kind=_KINDS[subject], id=slug, version=event_time) if slug else None, "slug")
    if not (id := id_text(value_at(record, "id"))):
        return Translation(ignored="The record lacks its id.")
    deleted = Gone(kind="activity", id=f"{WHAT.get(subject, subject)}:{id}", version=event_time)
    if subject != "meeting":
        return Translation([deleted])
    subjects = subjects_of(record, attending=True)
    several = [(person, job) for person, job in subjects.pairs if person and job] if len(subjects.pairs) > 1 else []
    ids = [id, *(id_of_one(id, f"{person}:{job}") for person, job in several)]
    interviews = [Gone(kind="interview", id=one, version=event_time) for one in ids]
    return Translation(interviews if is_interview_meeting(record, settings) else [*interviews, deleted])


def _plain(
    subject: str, record: Any, event_time: datetime, status_at: datetime | None, *, alone: bool
) -> ApiExchange[Translation]:
    found = _PLAIN[subject](record, event_time)
    if isinstance(found, Job):
        found = replace(found, status_at=status_at)
    if found is None:
        lacks = "slug or its name" if subject in ("candidate", "company") else "slug, its name or its company"
        return Translation(ignored=f"The {subject} lacks its {lacks}.")
    unknown = read.unknown_job_words(record) if subject == "job" else ()
    if alone or not isinstance(found, Job | ClientContact):
        return Translation([found], unknown=unknown)
    manager = found.hiring_manager_id if isinstance(found, Job) else None
    subjects = Subjects(companies=_some(found.organisation_id), contacts=_some(manager))
    before = yield from related_records(subjects, event_time)
    if not any(each.id == found.organisation_id for each in before if isinstance(each, Organisation)):
        return Translation(ignored=f"The company of this {subject} is not, or no longer, in Recruit CRM.")
    return Translation(
        [*before, with_known_manager(found, before) if isinstance(found, Job) else found], unknown=unknown
    )


def _some(slug: str | None) -> tuple[str, ...]:
    return (slug,) if slug else ()


def _staged(record: Any, event_time: datetime) -> ApiExchange[Translation]:
    found = read.application(record, event_time)
    if found is None:
        return Translation(ignored="The hiring stage lacks its candidate or its job.")
    return (yield from with_related(found, event_time))


def _assigned(record: Any, event_time: datetime) -> Translation:
    """Return the application of a candidate whom a sync found on a job: `{candidate, job_slug, status, stage_date}`.

    The change of a stage is not dated [V: assigned-candidates-for-job], so the version is the time of fetching.
    """
    person = read.candidate(value_at(record, "candidate"), event_time)
    found = read.application({**mapping(record), "candidate_slug": person and person.id}, event_time)
    if not (person and found):
        return Translation(ignored="The assignment lacks its candidate or its job.")
    return Translation([person, found])
