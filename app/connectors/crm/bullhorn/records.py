"""Bullhorn's entities as canonical records: what each of them means."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.connector import Translation
from app.connectors.crm.bullhorn.activities import activity
from app.connectors.crm.bullhorn.fields import KINDS
from app.connectors.crm.bullhorn.interviews import appointment
from app.connectors.crm.bullhorn.people import (
    candidate_records,
    contact_records,
    job_records,
    organisation_records,
    unknown_job_words,
    version_of,
)
from app.connectors.parsing import at, email, ident, instant, line, sequence
from app.connectors.records import AnyRecord, Application, Gone, Status


def translated(
    entity: str,
    document: Any,
    told_at: datetime,
    status_at: datetime | None = None,
    interviews: Collection[str] = (),
) -> Translation:
    """Return what a fetched entity says.

    `status_at`: since when its status holds, where the event told that. `interviews`: which types of appointment are
    interviews, folded; empty for the default.
    """
    id = ident(at(document, "id"))
    if id is None:
        return Translation(ignored=f"The {entity} has no id.")
    if at(document, "isDeleted") is True and entity in KINDS and entity != "Appointment":
        return Translation([Gone(kind=KINDS[entity], id=id, version=max(version_of(document, told_at), told_at))])
    match entity:
        case "ClientCorporation":
            return _unless_empty(organisation_records(document, told_at), "The company has no name.")
        case "ClientContact":
            return _unless_empty(contact_records(document, told_at), "The contact has no name.")
        case "Candidate":
            return _unless_empty(candidate_records(document, told_at), "The candidate has no name.")
        case "JobOrder":
            records = job_records(document, told_at, status_at)
            return replace(_unless_empty(records, "The job has no title."), unknown=unknown_job_words(document))
        case "JobSubmission":
            return _submission(id, document, told_at, status_at)
        case "Appointment":
            return appointment(id, document, told_at, interviews)
        case "Note":
            return activity(id, document, told_at)
        case _:
            return Translation(ignored=f"Keepwarm does not follow {entity}.")


def _unless_empty(records: list[AnyRecord], why: str) -> Translation:
    return Translation(records) if records else Translation(ignored=why)


def _submission(id: str, document: Any, told_at: datetime, status_at: datetime | None) -> Translation:
    candidate, job = (ident(at(document, one, "id")) for one in ("candidate", "jobOrder"))
    if not (candidate and job):
        return Translation(ignored="The submission names no candidate, or no job.")
    whole = Application(
        id=id,
        version=max(version_of(document, told_at), told_at),
        candidate_id=candidate,
        job_id=job,
        recruiter_email=email(at(document, "sendingUser", "email")),
    )
    about = [*candidate_records(at(document, "candidate"), told_at), *job_records(at(document, "jobOrder"), told_at)]
    label, steps = line(at(document, "status")), _steps(document)
    if label is None or not steps or steps[-1].label != label:
        # Without a history the submission's own change dates its status.
        status = Status(value=label, label=label, at=status_at or version_of(document, told_at)) if label else None
        return Translation([*about, replace(whole, status=status)])
    # Each row of the history is a change of its own, and a status that was gone back to is a row again. What else
    # changed in the submission is told without a status, so that it outdates no placement.
    told = [replace(whole, version=step.at, status=step) for step in steps]
    return Translation([*about, *told, *([whole] if whole.version > told[-1].version else ())])


def _steps(document: Any) -> list[Status]:
    """The statuses that a submission went through, each from its first day, oldest first."""
    told = [
        (since, ident(at(row, "id")) or "", label)
        for row in sequence(at(document, "history"))
        if (since := instant(at(row, "dateAdded"))) and (label := line(at(row, "status")))
    ]
    # The reference says of dateAdded that it is the submission's own date. Where it is, it says nothing of the steps.
    if len({since for since, _, _ in told}) < len(told):
        return []
    steps: list[Status] = []
    for since, _, label in sorted(told):
        if not steps or steps[-1].label != label:
            steps.append(Status(value=label, label=label, at=since))
    return steps
