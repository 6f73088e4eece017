"""Loader of the demo: replays the entries in the order of time, and assesses due applications in between."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.models import agency as agency_table
from app.access.models import reassessment
from app.access.queries import has_agency
from app.access.unit_of_work import UnitOfWork
from app.applications.assessment_context import AssessmentContext
from app.applications.models import application
from app.applications.reassess import reassess_all
from app.console import fixture_ids
from app.demo import agency, crm_connections, people, webhook_endpoints
from app.demo.fact_recorder import Entry, Recorder
from app.demo.stories import STORIES
from app.kit.agency_guard import across_agencies
from app.kit.sealing import Seal
from app.rules.calendar import calendar
from app.webhooks.feed.sequencing import assign_positions

_DUE = sa.union_all(
    *(sa.select(table.c.due_at).where(table.c.agency_id == fixture_ids.AGENCY) for table in (application, reassessment))
).subquery()
_NEXT_DUE = sa.select(sa.func.min(_DUE.c.due_at))


def is_loaded(conn: sa.Connection) -> bool:
    """Return True if the demo agency is in this database."""
    return has_agency(conn, fixture_ids.AGENCY)


def load_if_empty(conn: sa.Connection, now: datetime, seal: Seal) -> bool:
    """Load the demo if the database has no agency. Return True if the database has the demo, loaded now or before."""
    any_agency = sa.select(agency_table.c.id).limit(1).options(across_agencies("the demo is for an empty database"))
    if conn.execute(any_agency).one_or_none() is None:
        load(conn, now, seal)
    return is_loaded(conn)


def load(conn: sa.Connection, now: datetime, seal: Seal) -> str:
    """Load the demo up to the instant `now`, in the caller's transaction. Return the demo's public API key.

    A service without a secret key cannot store secrets. Its demo has no connections and no webhook endpoints.
    """
    recorder = Recorder(now, calendar(people.AGENCY_ZONE, people.AGENCY_REGION))
    agency.set_up(recorder)
    for record_story in STORIES:
        record_story(recorder)
    if seal.can_lock:
        crm_connections.set_up(recorder)
        webhook_endpoints.set_up(recorder)
    for entry in recorder.in_order():
        _assess_due(conn, recorder, entry.at)
        _replay(conn, seal, recorder, entry)
    _assess_due(conn, recorder, now)
    while assign_positions(conn):
        pass
    return fixture_ids.DEMO_KEY


def _replay(conn: sa.Connection, seal: Seal, recorder: Recorder, entry: Entry) -> None:
    caller = Caller(fixture_ids.AGENCY, Role.admin, fixture_ids.API_KEY, entry.by)
    recorder.demo_ids.set_next(entry.ids)
    entry.step(UnitOfWork(conn, entry.at, caller, recorder.demo_ids.make, None, seal))
    recorder.demo_ids.set_next({})


def _assess_due(conn: sa.Connection, recorder: Recorder, now: datetime) -> None:
    """Assess the demo agency's due applications up to `now`, each at the instant at which it was due.

    This does the work of the sweep without claims. Other agencies' applications must not be assessed as of the past.
    """
    while (due := _next_due(conn)) is not None and due <= now:
        in_agency = application.c.agency_id == fixture_ids.AGENCY
        conditions = [sa.and_(application.c.due_at.is_not(None), application.c.due_at <= due)]
        requests = conn.execute(sa.select(reassessment).where(_due_requests(due))).all()
        for request in requests:
            scope = request.scope
            wanted = sa.true() if scope == "agency" else application.c[f"{scope}_id"] == request.subject_id
            assessed = sa.or_(application.c.in_progress, application.c.due_at.is_not(None))
            conditions.append(sa.and_(assessed, wanted))
        conn.execute(sa.delete(reassessment).where(_due_requests(due)))
        keys: list[tuple[UUID, UUID]] = [
            (fixture_ids.AGENCY, id)
            for id in conn.scalars(sa.select(application.c.id).where(in_agency, sa.or_(*conditions)))
        ]
        reassess_all(AssessmentContext(conn, due, recorder.demo_ids.make), keys)


def _due_requests(due: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(reassessment.c.agency_id == fixture_ids.AGENCY, reassessment.c.due_at <= due)


def _next_due(conn: sa.Connection) -> datetime | None:
    due: datetime | None = conn.scalar(_NEXT_DUE)
    return due
