"""Import of the records of one event, in one transaction: all of them or none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.access.unit_of_work import UnitOfWork
from app.candidates.schemas import CandidateIn
from app.candidates.service import put_candidate
from app.connectors import canonical_records
from app.connectors.canonical_records import AnyRecord
from app.connectors.ingest.activities import ingest_activity
from app.connectors.ingest.applications import ingest_application, restore_candidate
from app.connectors.ingest.candidate_checks import ingest_check
from app.connectors.ingest.deletions import ingest_deletion, ingest_merge
from app.connectors.ingest.erased import is_erased, skip_erased, without_erased
from app.connectors.ingest.import_context import ImportContext, Outcome
from app.connectors.ingest.interviews import ingest_interview
from app.connectors.ingest.jobs import ingest_job
from app.connectors.ingest.milestones import ingest_milestone
from app.connectors.ingest.organisations import body_of, ingest_contact, ingest_organisation
from app.connectors.ingest.sync_state import SyncStates
from app.connectors.loaded_connection import LoadedConnection

_ORDER: Sequence[type[canonical_records.Record]] = (
    canonical_records.Organisation,
    canonical_records.ClientContact,
    canonical_records.Candidate,
    canonical_records.Job,
    canonical_records.Application,
    canonical_records.Interview,
    canonical_records.Activity,
    canonical_records.Check,
    canonical_records.Milestone,
    canonical_records.Gone,
    canonical_records.Merged,
)


def ingest(work: UnitOfWork, loaded: LoadedConnection, batch: Sequence[AnyRecord]) -> list[Outcome]:
    """Import records, those that others refer to first. Raise MissingEntity for a reference to an unknown entity."""
    context = ImportContext(work, loaded, SyncStates(work, loaded))
    ordered = sorted(batch, key=lambda record: (_ORDER.index(type(record)), record.id, record.version))
    return [outcome for record in ordered for outcome in _ingest_record(context, record)]


def _ingest_record(context: ImportContext, record: AnyRecord) -> Sequence[Outcome]:
    if isinstance(record, canonical_records.Activity) and record.also:
        living = without_erased(context, record)
        if living is not record:
            return [skip_erased(context, record), *_ingest_record(context, living)]
    if is_erased(context, record):
        return [skip_erased(context, record)]
    if isinstance(record, canonical_records.Activity):
        return ingest_activity(context, record)
    if isinstance(record, canonical_records.Gone):
        return ingest_deletion(context, record)
    return [_ONE_OUTCOME[type(record)](context, record)]


def _ingest_candidate(context: ImportContext, record: canonical_records.Candidate) -> Outcome:
    with context.importing("candidate", record) as result:
        if result.entity.merged_into is not None:
            result.skip("ignored", f"they were merged into {result.entity.merged_into}")
        elif result:
            body = body_of(CandidateIn, name=record.name, email=record.email, phone=record.phone)
            made, is_new = put_candidate(context.work, context.loaded.ref(record.id), body)
            result.imported(made.id, is_new)
            if result.entity.was_restored(record.version):
                restore_candidate(context, made.id)
    return result.outcome


_ONE_OUTCOME: Mapping[type[canonical_records.Record], Callable[[ImportContext, Any], Outcome]] = {
    canonical_records.Organisation: ingest_organisation,
    canonical_records.ClientContact: ingest_contact,
    canonical_records.Candidate: _ingest_candidate,
    canonical_records.Job: ingest_job,
    canonical_records.Application: ingest_application,
    canonical_records.Interview: ingest_interview,
    canonical_records.Check: ingest_check,
    canonical_records.Milestone: ingest_milestone,
    canonical_records.Merged: ingest_merge,
}
"""The import function for each kind of record that gives a single outcome."""
