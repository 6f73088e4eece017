"""Import of jobs, with organisation, hiring manager, status, and the time since which the status holds."""

from datetime import datetime
from uuid import UUID

from app.applications.service import move_job
from app.connectors import canonical_records
from app.connectors.ingest.import_context import ImportContext, Outcome, RecordResult
from app.connectors.ingest.organisations import body_of, organisation_of
from app.jobs.queries import get_job
from app.jobs.schemas import JobIn, JobOut, JobStatus
from app.jobs.service import ends_differently, put_job
from app.organisations.queries import get_client_contact


def ingest_job(context: ImportContext, record: canonical_records.Job) -> Outcome:
    """Create or update a job. A job that moves to another organisation moves with its applications."""
    with context.importing("job", record) as result:
        if result:
            id = context.states.find_id("job", record.id)
            current = None if id is None else get_job(context.work, id)
            organisation_id = organisation_of(context, record.organisation_id, current)
            if current is not None and organisation_id != current.organisation_id:
                move_job(context.work, current.id, organisation_id)
            changed: JobStatus | None = context.changed_status(result, record.status)
            status = changed or _restored_status(result, record, current)
            body = body_of(
                JobIn,
                title=record.title,
                organisation_id=organisation_id,
                hiring_manager_id=_manager(context, record.hiring_manager_id, organisation_id),
                status=status,
                status_at=_status_at(context, record, status, current),
            )
            made, is_new = put_job(context.work, context.loaded.ref(record.id), body)
            result.imported(made.id, is_new)
    return result.outcome


def _restored_status(result: RecordResult, record: canonical_records.Job, current: JobOut | None) -> JobStatus | None:
    """Return `open` for a job that was closed by its deletion in the CRM and that the CRM has again; else None."""
    is_restored = current is not None and current.status == "closed" and result.entity.was_restored(record.version)
    return "open" if is_restored else None


def _status_at(
    context: ImportContext, record: canonical_records.Job, status: JobStatus | None, current: JobOut | None
) -> datetime | None:
    """Return when the status of a job began: the time that the CRM states, else the version that brought a new status.

    A job that is only mentioned inside another record has no version and dates nothing.
    """
    if status is None:
        return None
    began = record.status_at
    if began is None and (current is None or ends_differently(current.status, status)):
        began = record.version if record.version > canonical_records.UNDATED else None
    return None if began is None else min(began, context.work.now)


def _manager(context: ImportContext, id: str | None, organisation_id: UUID) -> UUID | None:
    """Return the id of the job's hiring manager. Return None for a contact of another organisation, whom CRMs allow
    too.
    """
    found = None if id is None else context.states.find_id("client_contact", id)
    at_the_client = found is not None and get_client_contact(context.work, found).organisation_id == organisation_id
    return found if at_the_client else None
