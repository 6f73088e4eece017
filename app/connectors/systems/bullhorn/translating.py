"""Bullhorn's entities as canonical records: which fields are fetched, and what each of them means."""

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.connector import Translation
from app.connectors.reading import at, email, ident, instant, line, mapping, name, note, sequence
from app.connectors.records import (
    Activity,
    AnyRecord,
    Application,
    Candidate,
    ClientContact,
    Gone,
    Interview,
    Job,
    Kind,
    Organisation,
    Status,
)

_COMPANY = "id,name,dateLastModified"
_PERSON = "id,name,firstName,lastName,email,phone,mobile,isDeleted,dateLastModified"
_CONTACT = f"{_PERSON},clientCorporation({_COMPANY})"
_JOB = f"id,title,isOpen,isDeleted,dateLastModified,clientCorporation({_COMPANY}),clientContact({_CONTACT})"
_ABOUT = f"candidate({_PERSON}),jobOrder({_JOB})"
_TIMES = "isDeleted,dateAdded,dateLastModified"

# One request brings along what an entity refers to: to-one associations can be nested, to-many ones stand at the top.
FIELDS: Mapping[str, str] = {
    "ClientCorporation": _COMPANY,
    "ClientContact": _CONTACT,
    "Candidate": _PERSON,
    "JobOrder": _JOB,
    "JobSubmission": f"id,status,{_TIMES},sendingUser(id,email),{_ABOUT}",
    "Appointment": f"id,type,dateBegin,dateEnd,{_TIMES},parentAppointment(id),candidateReference({_PERSON}),"
    f"jobOrder({_JOB})",
    "Note": f"id,action,comments,externalID,{_TIMES},personReference({_PERSON}),candidates({_PERSON}),"
    f"clientContacts(id),jobOrder({_JOB})",
    "Placement": f"id,status,dateAdded,dateLastModified,jobSubmission(id),{_ABOUT}",
}
"""The entities that Keepwarm follows, with what is fetched of each."""

KINDS: Mapping[str, Kind] = {
    "ClientCorporation": "organisation",
    "ClientContact": "client_contact",
    "Candidate": "candidate",
    "JobOrder": "job",
    "JobSubmission": "application",
    "Appointment": "interview",
    "Note": "activity",
}

_MARK = re.compile(r"\[keepwarm ([0-9a-f-]{36})\]")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def translated(
    entity: str,
    document: Any,
    told_at: datetime,
    status_at: datetime | None = None,
    interviews: Collection[str] = ("interview",),
) -> Translation:
    """What an entity says that was fetched.

    `status_at`: since when its status holds, where the event told that. `interviews`: which types of appointment are
    interviews, in lower case; the list of types is the agency's own.
    """
    version = _version(document, told_at)
    id = ident(at(document, "id"))
    if id is None:
        return Translation(ignored=f"The {entity} has no id.")
    if at(document, "isDeleted") is True and entity in KINDS and entity != "Appointment":
        return Translation([Gone(kind=KINDS[entity], id=id, version=version)])
    match entity:
        case "ClientCorporation":
            return _unless_empty(_organisation(document, told_at), "The company has no name.")
        case "ClientContact":
            return _unless_empty(_contact(document, told_at), "The contact has no name.")
        case "Candidate":
            return _unless_empty(_candidate(document, told_at), "The candidate has no name.")
        case "JobOrder":
            return _unless_empty(_job(document, told_at), "The job has no title.")
        case "JobSubmission":
            return _submission(id, document, told_at, status_at)
        case "Appointment":
            return _interview(id, document, told_at, interviews)
        case "Note":
            return _activity(id, document, told_at)
        case _:
            return Translation(ignored=f"Keepwarm does not follow {entity}.")


def placed(document: Any, told_at: datetime, submission: Any) -> Translation:
    """What a placement says of the submission that led to it: its status is the agency's to map.

    It is told in the submission's own version: a status of the submission that is told late must still count.
    """
    label, about = line(at(document, "status")), translated("JobSubmission", submission, told_at).records
    whole = next((record for record in reversed(about) if isinstance(record, Application)), None)
    if label is None or whole is None:
        return Translation(ignored="The placement names no status, or no submission that led to it.")
    # A placement is no stage of the submission, so that its statuses are told apart from the submission's own.
    since = _version(document, told_at)
    status = Status(value=f"placement: {label}", label=f"Placement: {label}", at=since)
    later = [one for one in about if isinstance(one, Application) and one.status and one.status.at > since]
    earlier = [record for record in about if record not in later]
    return Translation([*earlier, replace(whole, status=status), *later])


def _version(document: Any, told_at: datetime) -> datetime:
    return instant(at(document, "dateLastModified")) or told_at


def _unless_empty(records: list[AnyRecord], why: str) -> Translation:
    return Translation(records) if records else Translation(ignored=why)


def _organisation(document: Any, told_at: datetime) -> list[AnyRecord]:
    id, named = ident(at(document, "id")), line(at(document, "name"))
    return [Organisation(id=id, version=_version(document, told_at), name=named)] if id and named else []


def _person(document: Any) -> dict[str, Any]:
    return {
        "name": line(at(document, "name")) or name(at(document, "firstName"), at(document, "lastName")),
        "email": email(at(document, "email")),
        "phone": line(at(document, "mobile"), 50) or line(at(document, "phone"), 50),
    }


def _contact(document: Any, told_at: datetime) -> list[AnyRecord]:
    id, person, company = ident(at(document, "id")), _person(document), at(document, "clientCorporation")
    if not (id and person["name"]):
        return []
    version, company_id = _version(document, told_at), ident(at(company, "id"))
    contact = ClientContact(id=id, version=version, organisation_id=company_id, **person)
    return [*_organisation(company, told_at), contact]


def _candidate(document: Any, told_at: datetime) -> list[AnyRecord]:
    id, person = ident(at(document, "id")), _person(document)
    return [Candidate(id=id, version=_version(document, told_at), **person)] if id and person["name"] else []


def _job(document: Any, told_at: datetime) -> list[AnyRecord]:
    id, title, is_open = ident(at(document, "id")), line(at(document, "title")), at(document, "isOpen")
    company, contact = at(document, "clientCorporation"), at(document, "clientContact")
    if not (id and title):
        return []
    job = Job(
        id=id,
        version=_version(document, told_at),
        title=title,
        organisation_id=ident(at(company, "id")),
        hiring_manager_id=ident(at(contact, "id")),
        status=("open" if is_open else "closed") if isinstance(is_open, bool) else None,
    )
    return [*_organisation(company, told_at), *_contact(contact, told_at), job]


def _about(document: Any, told_at: datetime) -> list[AnyRecord]:
    person = at(document, "candidate") or at(document, "candidateReference")
    return [*_candidate(person, told_at), *_job(at(document, "jobOrder"), told_at)]


def _submission(id: str, document: Any, told_at: datetime, status_at: datetime | None) -> Translation:
    candidate, job = (ident(at(document, one, "id")) for one in ("candidate", "jobOrder"))
    if not (candidate and job):
        return Translation(ignored="The submission names no candidate, or no job.")
    version, label = _version(document, told_at), line(at(document, "status"))
    steps = _steps(document)
    if label is None or not steps or steps[-1].label != label:
        steps = [Status(value=label, label=label, at=status_at or version)] if label else []
    whose: dict[str, Any] = {
        "candidate_id": candidate,
        "job_id": job,
        "recruiter_email": email(at(document, "sendingUser", "email")),
    }
    # All of them in the version of the whole, oldest first: what is known of one step outdates no other.
    version = max([version, *(step.at for step in steps)])
    told = [Application(id=id, version=version, status=step, **whose) for step in steps]
    return Translation([*_about(document, told_at), *(told or [Application(id=id, version=version, **whose)])])


def _steps(document: Any) -> list[Status]:
    """The statuses that the submission went through, oldest first, as its history tells; empty where none is told."""
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


def _interview(id: str, document: Any, told_at: datetime, types: Collection[str]) -> Translation:
    kind, version = line(at(document, "type"), 80) or "without a type", _version(document, told_at)
    if kind.casefold() not in types:
        return Translation(ignored=f"An appointment of the type {kind} is no interview.")
    if parent := ident(at(document, "parentAppointment", "id")):
        return Translation(ignored=f"This is an invited colleague's copy of the appointment {parent}.")
    starts_at, ends_at = instant(at(document, "dateBegin")), instant(at(document, "dateEnd"))
    candidate, job = ident(at(document, "candidateReference", "id")), ident(at(document, "jobOrder", "id"))
    if not (starts_at and ends_at and candidate and job):
        return Translation(ignored="The interview names no candidate, no job or no time.")
    cancelled = at(document, "isDeleted") is True
    interview = Interview(
        id=id,
        version=version,
        starts_at=starts_at,
        ends_at=ends_at,
        candidate_id=candidate,
        job_id=job,
        booked_at=instant(at(document, "dateAdded")),
        status="cancelled" if cancelled else None,
        status_at=version if cancelled else None,
    )
    return Translation([*_about(document, told_at), interview])


def _activity(id: str, document: Any, told_at: datetime) -> Translation:
    version, action, text = _version(document, told_at), line(at(document, "action"), 80), at(document, "comments")
    occurred_at = instant(at(document, "dateAdded")) or version
    person, contact = _of_whom(document)
    candidate = ident(at(person, "id"))
    activity = Activity(
        id=id,
        version=version,
        type=f"note: {action}" if action else "note",
        occurred_at=occurred_at,
        text=_plain(text),
        candidate_id=candidate,
        client_contact_id=contact,
        job_id=ident(at(document, "jobOrder", "id")),
        party="candidate" if candidate and not contact else "client" if contact and not candidate else None,
        mark=_mark(document),
    )
    return Translation([*_candidate(person, told_at), *_job(at(document, "jobOrder"), told_at), activity])


def _of_whom(document: Any) -> tuple[Any, str | None]:
    """The candidate whom a note is about, and the id of the contact, each where there is one."""
    candidate, contact = (_first(document, many) for many in ("candidates", "clientContacts"))
    person = mapping(at(document, "personReference"))
    if not candidate and not contact:
        candidate = person if person.get("_subtype") == "Candidate" else None
        contact = person if person.get("_subtype") == "ClientContact" else None
    return candidate, ident(at(contact, "id"))


def _first(document: Any, many: str) -> Any:
    """The first of a to-many association."""
    found = sequence(at(document, many, "data"))
    return found[0] if found else None


def _plain(comments: Any) -> str | None:
    """A note's text: Bullhorn keeps HTML."""
    text = html.unescape(note(comments) or "")
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t").strip()[:10_000] or None


def _mark(document: Any) -> str | None:
    external = line(at(document, "externalID"), 100) or ""
    if _UUID.fullmatch(external):
        return external
    found = _MARK.search(note(at(document, "comments")) or "")
    return found[1] if found else None
