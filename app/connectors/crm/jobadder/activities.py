"""Notes of JobAdder. A note that names several people becomes one activity about all of them."""

from datetime import datetime
from itertools import product
from typing import Any

from app.connectors.canonical_records import Activity, Subject
from app.connectors.crm.jobadder.applications import application_records
from app.connectors.crm.jobadder.people import (
    Records,
    candidate_records,
    contact_records,
    job_records,
    listed,
    organisation_records,
    version_of,
)
from app.connectors.parsing import id_text, note_text, one_line, parse_instant, value_at
from app.connectors.toolkit import first_value, marker_of

MAX_SUBJECTS = 200
"""The largest number of applications that one note is logged on."""


def activity_records(document: Any, event_time: datetime) -> Records:
    """Return a JobAdder note as one activity, after the records that the note names. The activity is about each
    application and each further candidate.
    """
    id, kind, version = (
        id_text(value_at(document, "noteId")),
        one_line(value_at(document, "type"), 80),
        version_of(document, event_time),
    )
    if id is None:
        return []
    (subject, *others), contacts = subjects(document) or [Subject()], listed(document, "contacts")
    applications, jobs, companies = (listed(document, many) for many in ("applications", "jobs", "companies"))
    job = next(iter(jobs), None) or value_at(next(iter(applications), None), "job")
    company = next(iter(companies), None) or value_at(job, "company")
    activity = Activity(
        id=id,
        version=version,
        type=f"note: {kind}" if kind else "note",
        occurred_at=parse_instant(value_at(document, "createdAt")) or version,
        text=note_text(value_at(document, "text"))
        or note_text(value_at(document, "subject"))
        or note_text(value_at(document, "textPartial")),
        application_id=subject.application_id,
        candidate_id=subject.candidate_id,
        job_id=subject.job_id,
        client_contact_id=first_value(id_text(one.get("contactId")) for one in contacts),
        organisation_id=id_text(value_at(company, "companyId")),
        party=_party(subject.candidate_id is not None, bool(contacts)),
        mark=_mark(document),
        also=tuple(others[: MAX_SUBJECTS - 1]),
    )
    about = [
        *(record for one in companies for record in organisation_records(one)),
        *organisation_records(company),
        *(record for one in contacts for record in contact_records(one, company=company)),
        *(record for one in listed(document, "candidates") for record in candidate_records(one)),
        *(record for one in jobs for record in job_records(one)),
        *(record for one in applications for record in application_records(one, event_time)),
    ]
    return [*about, activity]


def subjects(document: Any) -> list[Subject]:
    """Return what a JobAdder note is about, by its `applications`, `candidates`, `jobs` and `placements` [V:
    NoteModel].
    """
    found = [
        Subject(
            application_id=id,
            candidate_id=id_text(value_at(one, "candidate", "candidateId")),
            job_id=id_text(value_at(one, "job", "jobId")),
        )
        for one in listed(document, "applications")
        if (id := id_text(one.get("applicationId")))
    ]
    pairs = [
        (id_text(value_at(one, "candidate", "candidateId")), id_text(value_at(one, "job", "jobId")))
        for one in listed(document, "placements")
    ]
    named = {one.candidate_id for one in found} | {whose for whose, _ in pairs}
    people = [id_text(one.get("candidateId")) for one in listed(document, "candidates")]
    jobs = [id_text(one.get("jobId")) for one in listed(document, "jobs")]
    alone = [whose for whose in people if whose not in named]
    # The jobs beside applications are those of the applications.
    if alone or not (found or pairs):
        pairs += product(alone or [None], jobs or [None])
    covered = {(one.candidate_id, one.job_id) for one in found}
    beside = [pair for pair in dict.fromkeys(pairs) if pair not in covered and any(pair)]
    return [*found, *(Subject(candidate_id=whose, job_id=on) for whose, on in beside)]


def _mark(document: Any) -> str | None:
    """Return the mark by which we recognise our own note: its reference, or the last line of its text. Return None for
    a note of somebody else.
    """
    return marker_of(
        note_text(value_at(document, "text")) or note_text(value_at(document, "textPartial")),
        one_line(value_at(document, "reference")),
    )


def _party(candidates: bool, contacts: bool) -> Any:
    if candidates != contacts:
        return "candidate" if candidates else "client"
    return None
