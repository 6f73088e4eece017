"""The client of Recruit CRM's API: pages of lists, and the records that a note, call, email or meeting is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from app.connectors.canonical_records import AnyRecord, Application, Candidate, ClientContact, Job, Organisation
from app.connectors.contract import ApiError, ApiExchange, ApiRequest, ApiResponse
from app.connectors.crm.recruitcrm import payload_parsers as read
from app.connectors.parsing import folded_word, id_text, mapping, one_line, sequence, value_at

R = TypeVar("R")
_MAX_EACH, _MAX_PAIRS = 10, 20
"""The most records of each kind that a record may be about, and the most applications: each one is a request."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """The slugs of the records that a record is about: the related ones first, then the associated ones."""

    candidates: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    party: Literal["candidate", "client"] | None = None
    left_out: int = 0
    """How many of the named records are not read."""

    @property
    def pairs(self) -> list[tuple[str | None, str | None]]:
        """The pairs of each candidate and each job. The candidate is None if none is named, and so is the job."""
        people: Sequence[str | None] = self.candidates or (None,)
        jobs: Sequence[str | None] = self.jobs or (None,)
        return list(product(people, jobs))[:_MAX_PAIRS]


def subjects_of(record: Any, *, attending: bool = False) -> Subjects:
    """Return the records that a Recruit CRM record is about. `attending`: the candidates who attend it count, too.

    `related_to` is one slug of the kind `related_to_type`; `associated_*` are arrays of slugs [V: find-note-by-id]. An
    email names `to`, `cc`, `bcc` and `associations` by type and identifier [V: send-an-email].
    """
    kind = folded_word(value_at(record, "related_to_type"))
    candidates, jobs = _named(record, "candidate", "candidates"), _named(record, "job", "jobs")
    contacts, companies = _named(record, "contact", "contacts"), _named(record, "company", "companies")
    attendees = list(_attendees(record))
    if attending or not candidates:
        candidates = list(dict.fromkeys([*candidates, *attendees]))
    party: Literal["candidate", "client"] | None = (
        "candidate" if kind == "candidate" else "client" if kind in ("contact", "company") else None
    )
    every = (candidates, jobs, contacts, companies)
    people, vacancies, at_clients, clients = (tuple(each[:_MAX_EACH]) for each in every)
    left_out = sum(max(0, len(each) - _MAX_EACH) for each in every)
    left_out += max(0, len(people) * len(vacancies) - _MAX_PAIRS)
    return Subjects(people, vacancies, at_clients, clients, party, left_out)


def _named(record: Any, kind: str, many: str) -> list[str]:
    related = (
        id_text(value_at(record, "related_to")) if folded_word(value_at(record, "related_to_type")) == kind else None
    )
    addressed = [
        slug
        for part in ("to", "cc", "bcc", "associations")
        for one in sequence(value_at(record, part)) or (value_at(record, part),)
        if folded_word(value_at(one, "type")) == kind and (slug := id_text(value_at(one, "identifier")))
    ]
    found = [*([related] if related else []), *read.slugs(value_at(record, f"associated_{many}")), *addressed]
    return list(dict.fromkeys(found))


def _attendees(record: Any) -> Iterator[str]:
    """Yield the slugs of the candidates who attend a meeting; `attendee_id` is a slug, `attendee` their record [V:
    find-meeting-by-id].
    """
    for one in sequence(value_at(record, "attendees")):
        if folded_word(value_at(one, "attendee_type")) == "candidate":
            whole = next(iter(sequence(value_at(one, "attendee"))), value_at(one, "attendee"))
            if slug := id_text(mapping(whole).get("slug")) or id_text(value_at(one, "attendee_id")):
                yield slug


def related_records(subjects: Subjects, event_time: datetime, *, applied: bool = True) -> ApiExchange[list[AnyRecord]]:
    """Fetch the records that a Recruit CRM record is about. Return them with those that others refer to first."""
    people: list[Candidate] = []
    jobs: list[Job] = []
    contacts: list[ClientContact] = []
    organisations: list[Organisation] = []
    for slug in subjects.candidates:
        people += _some(read.candidate((yield from _fetched("candidates", slug)), event_time))
    for slug in subjects.jobs:
        jobs += _some(read.job((yield from _fetched("jobs", slug)), event_time))
    for slug in _once([*subjects.contacts, *(one.hiring_manager_id for one in jobs)]):
        contacts += _some(read.client_contact((yield from _fetched("contacts", slug)), event_time))
    clients = [*subjects.companies, *(one.organisation_id for one in jobs), *(one.organisation_id for one in contacts)]
    for slug in _once(clients):
        organisations += _some(read.organisation((yield from _fetched("companies", slug)), event_time))
    companies = {one.id for one in organisations}
    managers = [one for one in contacts if one.organisation_id in companies]
    vacancies = [with_known_manager(one, managers) for one in jobs if one.organisation_id in companies]
    known: list[AnyRecord] = [*organisations, *managers, *vacancies, *people]
    if applied:
        ids = {(type(each), each.id) for each in known}
        for person, vacancy in subjects.pairs:
            if person and vacancy and {(Candidate, person), (Job, vacancy)} <= ids:
                known += _some((yield from application_on(person, vacancy, event_time)))
    return known


def application_on(person: str, job: str, event_time: datetime) -> ApiExchange[Application | None]:
    """Fetch the application of a candidate on a job. Return None if the candidate is not on the job."""
    response = yield ApiRequest(f"/v1/candidates/{quote(person, safe='')}/hiring-stages/{quote(job, safe='')}")
    return read.application(response.document, event_time) if response.ok else None


def with_known_manager(vacancy: Job, known: Iterable[AnyRecord]) -> Job:
    """Return the job, without its hiring manager if that contact is not among `known`. The event would otherwise wait
    for the contact for ever.
    """
    if any(isinstance(each, ClientContact) and each.id == vacancy.hiring_manager_id for each in known):
        return vacancy
    return replace(vacancy, hiring_manager_id=None)


def _some(found: R | None) -> list[R]:
    return [] if found is None else [found]


def _once(slugs: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(slug for slug in slugs if slug))


def _fetched(what: str, slug: str) -> ApiExchange[Any]:
    response = yield ApiRequest(f"/v1/{what}/{quote(slug, safe='')}")
    return response.document if response.ok else None


def rows_of(response: ApiResponse, what: str) -> list[Any]:
    """Return the records of a page of Recruit CRM. Raise ApiError if the answer is no page.

    A page has its records in `data` [V: show-all-notes]. A search that finds nothing answers an empty array alone [T:
    ebragas/recruitcrm-mcp, client.py].
    """
    data = response.document if isinstance(response.document, list) else value_at(response.document, "data")
    if not isinstance(data, list):
        said = one_line(value_at(response.document, "message"), 300) or one_line(
            value_at(response.document, "error"), 300
        )
        raise ApiError(f"Recruit CRM's answer to {what} holds no list of records{f': {said}' if said else '.'}")
    return data


def has_next(response: ApiResponse) -> bool:
    """Return True if a page says that there is a next page. The published examples write null as text."""
    return one_line(value_at(response.document, "next_page_url"), 2000) not in (None, "null")
