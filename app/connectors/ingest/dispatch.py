"""Keeping what one event said, in one transaction: all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.access.work import Work
from app.candidates.schemas import CandidateIn
from app.candidates.service import put_candidate
from app.connectors import records
from app.connectors.connection import Linked
from app.connectors.ingest.activities import keep_activity
from app.connectors.ingest.applications import keep_application, restore_candidate
from app.connectors.ingest.checks import keep_check
from app.connectors.ingest.context import Desk, Outcome
from app.connectors.ingest.deletions import keep_gone, keep_merged
from app.connectors.ingest.erased import is_erased, leave_out, without_erased
from app.connectors.ingest.interviews import keep_interview
from app.connectors.ingest.jobs import keep_job
from app.connectors.ingest.milestones import keep_milestone
from app.connectors.ingest.organisations import keep_contact, keep_organisation, named
from app.connectors.ingest.sync_state import Known
from app.connectors.records import AnyRecord

_ORDER: Sequence[type[records.Record]] = (
    records.Organisation,
    records.ClientContact,
    records.Candidate,
    records.Job,
    records.Application,
    records.Interview,
    records.Activity,
    records.Check,
    records.Milestone,
    records.Gone,
    records.Merged,
)


def keep(work: Work, link: Linked, told: Sequence[AnyRecord]) -> list[Outcome]:
    """Keep records, those that others refer to first. Raises Missing for one that speaks of what nobody has told of."""
    desk = Desk(work, link, Known(work, link))
    ordered = sorted(told, key=lambda record: (_ORDER.index(type(record)), record.id, record.version))
    return [outcome for record in ordered for outcome in _keep(desk, record)]


def _keep(desk: Desk, record: AnyRecord) -> Sequence[Outcome]:
    if isinstance(record, records.Activity) and record.also:
        living = without_erased(desk, record)
        if living is not record:
            return [leave_out(desk, record), *_keep(desk, living)]
    if is_erased(desk, record):
        return [leave_out(desk, record)]
    if isinstance(record, records.Activity):
        return keep_activity(desk, record)
    if isinstance(record, records.Gone):
        return keep_gone(desk, record)
    return [_ONE_OUTCOME[type(record)](desk, record)]


def _keep_candidate(desk: Desk, record: records.Candidate) -> Outcome:
    with desk.newer("candidate", record) as news:
        if news.thing.merged_into is not None:
            news.left_out("ignored", f"they were merged into {news.thing.merged_into}")
        elif news:
            body = named(CandidateIn, name=record.name, email=record.email, phone=record.phone)
            made, is_new = put_candidate(desk.work, desk.link.ref(record.id), body)
            news.kept(made.id, is_new)
            if news.thing.was_restored(record.version):
                restore_candidate(desk, made.id)
    return news.outcome


_ONE_OUTCOME: Mapping[type[records.Record], Callable[[Desk, Any], Outcome]] = {
    records.Organisation: keep_organisation,
    records.ClientContact: keep_contact,
    records.Candidate: _keep_candidate,
    records.Job: keep_job,
    records.Application: keep_application,
    records.Interview: keep_interview,
    records.Check: keep_check,
    records.Milestone: keep_milestone,
    records.Merged: keep_merged,
}
"""How each kind of record is kept that has one outcome."""
