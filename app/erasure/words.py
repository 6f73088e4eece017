"""Erasing words: what people and systems wrote about a person, by the decisions on each column."""

from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.applications.models import interaction
from app.candidates.models import candidate
from app.connectors.models import stage_move
from app.erasure.decisions import OF_THE_CANDIDATE, OF_THEIR_APPLICATIONS
from app.erasure.person import Person
from app.jobs.models import timeline_revision
from app.kit.idempotency import erase_answers
from app.kit.search import remove_names
from app.webhooks.models import attempt, delivery, event, webhook_delivery

_WORDS = ("next_step", "note", "void_reason")


def erase_words(work: Work, person: Person) -> None:
    """Blank them in all tables but the inbox's and the candidate's own."""
    _decline_moves(work, person)
    for table, values in OF_THEIR_APPLICATIONS.items():
        work.conn.execute(sa.update(table).where(_of_applications(work, table, person)).values(**values))
    _erase_from_timelines(work, person)
    _erase_what_was_answered(work, person)
    erase_answers(work.conn, work.agency_id)


def leave_a_shell(work: Work, person: Person) -> None:
    """Blank the candidate's own row, which no search finds any more: from here on nothing can be told of them."""
    remove_names(work.conn, work.agency_id, person.candidate_ids)
    theirs = sa.and_(candidate.c.agency_id == work.agency_id, candidate.c.id.in_(person.candidate_ids))
    work.conn.execute(sa.update(candidate).where(theirs).values(**OF_THE_CANDIDATE, erased_at=work.now))


def _of_applications(work: Work, table: sa.Table, person: Person) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.agency_id == work.agency_id, table.c.application_id.in_(person.application_ids))


def _decline_moves(work: Work, person: Person) -> None:
    """Nobody moves them any further in a CRM."""
    waiting = stage_move.c.state.in_(("proposed", "approved"))
    values = {"state": "declined", "decided_at": work.now, "due_at": None, "claim": None}
    mine = _of_applications(work, stage_move, person)
    work.conn.execute(sa.update(stage_move).where(mine, waiting).values(**values))


def _erase_from_timelines(work: Work, person: Person) -> None:
    """What a client said of a job's decision is the job's: words that were said in a call about this person, or that
    name them, go; the dates stay."""
    columns, said = timeline_revision.c, interaction.c
    # A call's revision is recorded with it, at the same instant.
    calls = sa.select(said.recorded_at).where(_of_applications(work, interaction, person))
    in_calls = set(work.conn.scalars(calls.where(said.purpose == "interview_follow_up")))
    told = work.conn.execute(
        sa.select(timeline_revision).where(columns.agency_id == work.agency_id, columns.job_id.in_(person.job_ids))
    ).mappings()
    ids: list[UUID] = [
        row["id"]
        for row in told
        if row["recorded_at"] in in_calls or any(person.is_named_in(row[name] or "") for name in _WORDS)
    ]
    mine = sa.and_(columns.agency_id == work.agency_id, columns.id.in_(ids))
    work.conn.execute(sa.update(timeline_revision).where(mine).values(dict.fromkeys(_WORDS)))


def _erase_what_was_answered(work: Work, person: Person) -> None:
    """A receiver of events may have answered with what it knows of them."""
    events = sa.select(event.c.id).where(_of_applications(work, event, person))
    mine = sa.and_(delivery.c.agency_id == work.agency_id, delivery.c.event_id.in_(events))
    work.conn.execute(sa.update(delivery).where(mine).values(outcome=None))
    sent = sa.and_(webhook_delivery.c.agency_id == work.agency_id, webhook_delivery.c.event_id.in_(events))
    tried = attempt.c.delivery_id.in_(sa.select(webhook_delivery.c.id).where(sent))
    work.conn.execute(sa.update(attempt).where(attempt.c.agency_id == work.agency_id, tried).values(sealed_answer=None))
