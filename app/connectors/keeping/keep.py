"""Keeping what one event said, in one transaction: all of it or nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.access.work import Work
from app.candidates.schemas import CandidateIn
from app.candidates.service import put_candidate
from app.connectors import records
from app.connectors.keeping.activities import keep_activity
from app.connectors.keeping.applications import keep_application
from app.connectors.keeping.erased import is_erased, leave_out
from app.connectors.keeping.gone import keep_gone, keep_merged, single_deletions
from app.connectors.keeping.interviews import keep_interview
from app.connectors.keeping.known import Known
from app.connectors.keeping.outcome import Desk, Outcome
from app.connectors.linked import Linked
from app.connectors.records import AnyRecord
from app.jobs.queries import get_job
from app.jobs.schemas import JobIn, JobOut
from app.jobs.service import put_job
from app.kit.fields import In
from app.organisations.queries import get_client_contact
from app.organisations.schemas import ClientContactOut, ClientContactPut, OrganisationIn
from app.organisations.service import put_client_contact, put_organisation

_ORDER: Sequence[type[records.Record]] = (
    records.Organisation,
    records.ClientContact,
    records.Candidate,
    records.Job,
    records.Application,
    records.Interview,
    records.Activity,
    records.Gone,
    records.Merged,
)
OWN = "own"
"""What an employer's own ATS calls the one organisation that it belongs to: nothing, so we do."""


def keep(work: Work, link: Linked, told: Sequence[AnyRecord]) -> list[Outcome]:
    """Keep records, those that others refer to first. Raises Missing for one that speaks of what nobody has told of."""
    desk = Desk(work, link, Known(work, link))
    single = [one for record in told for one in _single(desk, record)]
    ordered = sorted(single, key=lambda record: (_ORDER.index(type(record)), record.id, record.version))
    return [_keep(desk, record) for record in ordered]


def _single(desk: Desk, record: AnyRecord) -> Sequence[AnyRecord]:
    return single_deletions(desk, record) if isinstance(record, records.Gone) else (record,)


def _keep(desk: Desk, record: AnyRecord) -> Outcome:
    if is_erased(desk, record):
        return leave_out(desk, record)
    match record:
        case records.Organisation():
            return _keep_organisation(desk, record)
        case records.ClientContact():
            return _keep_contact(desk, record)
        case records.Candidate():
            return _keep_candidate(desk, record)
        case records.Job():
            return _keep_job(desk, record)
        case records.Application():
            return keep_application(desk, record)
        case records.Interview():
            return keep_interview(desk, record)
        case records.Activity():
            return keep_activity(desk, record)
        case records.Gone():
            return keep_gone(desk, record)
        case records.Merged():
            return keep_merged(desk, record)


def _keep_organisation(desk: Desk, record: records.Organisation) -> Outcome:
    with desk.newer("organisation", record) as news:
        if news:
            body = _told(OrganisationIn, name=record.name, time_zone=record.time_zone)
            made, is_new = put_organisation(desk.work, desk.link.ref(record.id), body)
            news.kept(made.id, is_new)
    return news.outcome


def _keep_contact(desk: Desk, record: records.ClientContact) -> Outcome:
    with desk.newer("client_contact", record) as news:
        if news:
            id = desk.known.id_of("client_contact", record.id)
            current = None if id is None else get_client_contact(desk.work, id)
            body = _told(
                ClientContactPut,
                name=record.name,
                email=record.email,
                phone=record.phone,
                role=record.role or ("other" if current is None else current.role),
                organisation_id=_organisation(desk, record.organisation_id, current),
            )
            made, is_new = put_client_contact(desk.work, desk.link.ref(record.id), body)
            news.kept(made.id, is_new)
    return news.outcome


def _keep_candidate(desk: Desk, record: records.Candidate) -> Outcome:
    with desk.newer("candidate", record) as news:
        if news.thing.merged_into is not None:
            news.left_out("ignored", f"they were merged into {news.thing.merged_into}")
        elif news:
            body = _told(CandidateIn, name=record.name, email=record.email, phone=record.phone)
            made, is_new = put_candidate(desk.work, desk.link.ref(record.id), body)
            news.kept(made.id, is_new)
    return news.outcome


def _keep_job(desk: Desk, record: records.Job) -> Outcome:
    with desk.newer("job", record) as news:
        if news:
            id = desk.known.id_of("job", record.id)
            organisation_id = _organisation(
                desk, record.organisation_id, None if id is None else get_job(desk.work, id)
            )
            body = _told(
                JobIn,
                title=record.title,
                organisation_id=organisation_id,
                hiring_manager_id=_manager(desk, record.hiring_manager_id, organisation_id),
                status=record.status,
            )
            made, is_new = put_job(desk.work, desk.link.ref(record.id), body)
            news.kept(made.id, is_new)
    return news.outcome


def _manager(desk: Desk, id: str | None, organisation_id: UUID) -> UUID | None:
    """The job's hiring manager. CRMs name people of other firms there, too: whoever is not at the client is no one."""
    found = None if id is None else desk.known.id_of("client_contact", id)
    at_the_client = found is not None and get_client_contact(desk.work, found).organisation_id == organisation_id
    return found if at_the_client else None


def _organisation(desk: Desk, id: str | None, current: JobOut | ClientContactOut | None) -> UUID:
    """Whose it is: the one that was told, else the one that is known, else the connection's own."""
    if id is not None:
        return desk.known.must("organisation", id)
    if current is not None:
        return current.organisation_id
    body = OrganisationIn(name=desk.link.organisation_name)
    found = desk.known.id_of("organisation", OWN)
    return found or put_organisation(desk.work, desk.link.ref(OWN), body)[0].id


def _told(shape: type[In], **values: Any) -> Any:
    """A body that names only what was told: what it leaves out stays as it is known."""
    return shape.model_validate({name: value for name, value in values.items() if value is not None})
