"""Redaction of texts about an erased person in the database, as the data map says."""

from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.models import interaction
from app.candidates.models import candidate
from app.connectors.models import stage_move
from app.erasure.data_map import APPLICATION_VALUES, CANDIDATE_VALUES
from app.erasure.person_data import Person
from app.jobs.models import timeline_revision
from app.kit.idempotency import erase_answers
from app.kit.search import remove_names
from app.webhooks.models import attempt, delivery, event, webhook_delivery

_TEXT_COLUMNS = ("next_step", "note", "void_reason")


def redact_texts(work: UnitOfWork, person: Person) -> None:
    """Blank all texts about the person, except those in inbound events and in the rows of the candidate.

    Decline the person's stage moves, and delete the agency's responses stored for idempotency keys.
    """
    _decline_stage_moves(work, person)
    for table, values in APPLICATION_VALUES.items():
        work.conn.execute(sa.update(table).where(_of_applications(work, table, person)).values(**values))
    _redact_timelines(work, person)
    _delete_responses(work, person)
    erase_answers(work.conn, work.agency_id)


def redact_candidate(work: UnitOfWork, person: Person) -> None:
    """Blank the rows of the person's candidates, remove them from the search, and mark them as erased.

    Nothing can be recorded about an erased candidate afterwards.
    """
    remove_names(work.conn, work.agency_id, person.candidate_ids)
    scope = sa.and_(candidate.c.agency_id == work.agency_id, candidate.c.id.in_(person.candidate_ids))
    work.conn.execute(sa.update(candidate).where(scope).values(**CANDIDATE_VALUES, erased_at=work.now))


def _of_applications(work: UnitOfWork, table: sa.Table, person: Person) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.agency_id == work.agency_id, table.c.application_id.in_(person.application_ids))


def _decline_stage_moves(work: UnitOfWork, person: Person) -> None:
    """Decline the stage moves of the person's applications that have not been made in the CRM yet."""
    waiting = stage_move.c.state.in_(("proposed", "approved"))
    values = {"state": "declined", "decided_at": work.now, "due_at": None, "claim": None}
    scope = _of_applications(work, stage_move, person)
    work.conn.execute(sa.update(stage_move).where(scope, waiting).values(**values))


def _redact_timelines(work: UnitOfWork, person: Person) -> None:
    """Blank the texts of timeline revisions that name the person, or that come from a follow-up call about the person.

    The dates of the revisions stay.
    """
    columns, call_columns = timeline_revision.c, interaction.c
    # A revision from a call is recorded at the same instant as the call.
    calls = sa.select(call_columns.recorded_at).where(_of_applications(work, interaction, person))
    in_calls = set(work.conn.scalars(calls.where(call_columns.purpose == "interview_follow_up")))
    revisions = work.conn.execute(
        sa.select(timeline_revision).where(columns.agency_id == work.agency_id, columns.job_id.in_(person.job_ids))
    ).mappings()
    ids: list[UUID] = [
        row["id"]
        for row in revisions
        if row["recorded_at"] in in_calls or any(person.is_named_in(row[name] or "") for name in _TEXT_COLUMNS)
    ]
    scope = sa.and_(columns.agency_id == work.agency_id, columns.id.in_(ids))
    work.conn.execute(sa.update(timeline_revision).where(scope).values(dict.fromkeys(_TEXT_COLUMNS)))


def _delete_responses(work: UnitOfWork, person: Person) -> None:
    """Delete the responses of CRMs and webhook receivers to events about the person: they may contain personal data."""
    events = sa.select(event.c.id).where(_of_applications(work, event, person))
    scope = sa.and_(delivery.c.agency_id == work.agency_id, delivery.c.event_id.in_(events))
    work.conn.execute(sa.update(delivery).where(scope).values(outcome=None))
    deliveries = sa.and_(webhook_delivery.c.agency_id == work.agency_id, webhook_delivery.c.event_id.in_(events))
    of_deliveries = attempt.c.delivery_id.in_(sa.select(webhook_delivery.c.id).where(deliveries))
    work.conn.execute(
        sa.update(attempt).where(attempt.c.agency_id == work.agency_id, of_deliveries).values(sealed_answer=None)
    )
