"""Whom a record of Recruit CRM is about, and fetching what is known of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from app.connectors.connector import Ask, Asking
from app.connectors.reading import at, ident, line
from app.connectors.records import AnyRecord, Application, ClientContact, Job, Organisation
from app.connectors.systems.recruitcrm import records as read


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what an activity is about, by their slugs."""

    candidate: str | None = None
    job: str | None = None
    contact: str | None = None
    company: str | None = None
    party: Literal["candidate", "client"] | None = None


def about(record: Any) -> About:
    """Whom a record is about: what it is related to first, then the associated ones where there is only one."""
    kind, slug = line(at(record, "related_to_type"), 40), ident(at(record, "related_to"))

    def one(wanted: str, associated: str) -> str | None:
        if kind == wanted and slug:
            return slug
        found = read.slugs(at(record, associated))
        return found[0] if len(found) == 1 else None

    party: Literal["candidate", "client"] | None = (
        "candidate" if kind == "candidate" else "client" if kind in ("contact", "company") else None
    )
    return About(
        one("candidate", "associated_candidates"),
        one("job", "associated_jobs"),
        one("contact", "associated_contacts"),
        one("company", "associated_companies"),
        party,
    )


def story(whom: About, told: datetime, *, applied: bool = True) -> Asking[list[AnyRecord]]:
    """What is known of those whom a record is about, each once, those referred to before those who refer."""
    person = read.candidate((yield from _fetched("candidates", whom.candidate)), told)
    vacancy = read.job((yield from _fetched("jobs", whom.job)), told)
    contacts, companies = [whom.contact], [whom.company]
    if vacancy:
        contacts.append(vacancy.hiring_manager_id)
        companies.append(vacancy.organisation_id)
    found: list[AnyRecord | None] = []
    for slug in dict.fromkeys(contacts):
        contact = read.client_contact((yield from _fetched("contacts", slug)), told)
        found.append(contact)
        companies.append(contact.organisation_id if contact else None)
    for slug in dict.fromkeys(companies):
        found.insert(0, read.organisation((yield from _fetched("companies", slug)), told))
    known = _told(found)
    companies_known = {each.id for each in known if isinstance(each, Organisation)}
    known = [each for each in known if not isinstance(each, ClientContact) or each.organisation_id in companies_known]
    if vacancy and vacancy.organisation_id in companies_known:
        known.append(manageable(vacancy, known))
    else:
        vacancy = None
    if person:
        known.append(person)
    if applied and person and vacancy:
        known += _told([(yield from standing(person.id, vacancy.id, told))])
    return known


def standing(person: str, job: str, told: datetime) -> Asking[Application | None]:
    """Where a candidate stands on a job now; None for one who is not on it."""
    reply = yield Ask(f"/v1/candidates/{quote(person, safe='')}/hiring-stages/{quote(job, safe='')}")
    return read.application(reply.document, told) if reply.found else None


def manageable(vacancy: Job, known: Iterable[AnyRecord]) -> Job:
    """The job, without its hiring manager where nobody can be told: a reference to nobody would wait for ever."""
    if any(isinstance(each, ClientContact) and each.id == vacancy.hiring_manager_id for each in known):
        return vacancy
    return replace(vacancy, hiring_manager_id=None)


def _told(found: Iterable[AnyRecord | None]) -> list[AnyRecord]:
    return [each for each in found if each is not None]


def _fetched(what: str, slug: str | None) -> Asking[Any]:
    if slug is None:
        return None
    reply = yield Ask(f"/v1/{what}/{quote(slug, safe='')}")
    return reply.document if reply.found else None
