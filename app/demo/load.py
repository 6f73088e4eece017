"""Loading the demo: its diary is told in the order of time, and in between the rules look at what falls due."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.models import agency as agency_table
from app.access.models import reassessment
from app.access.work import Work
from app.applications.context import AssessmentContext
from app.applications.models import application
from app.applications.reassess import reassess_all
from app.demo import agency, connected, known, people, told
from app.demo.diary import Diary, Entry
from app.demo.stories import STORIES
from app.kit.agency_guard import across_agencies
from app.kit.sealing import Seal
from app.rules.calendar import calendar
from app.webhooks.feed.placing import place

_DUE = sa.union_all(
    *(sa.select(table.c.due_at).where(table.c.agency_id == known.AGENCY) for table in (application, reassessment))
).subquery()
_NEXT_DUE = sa.select(sa.func.min(_DUE.c.due_at))


def is_loaded(conn: sa.Connection) -> bool:
    """Whether the demo agency is in this database."""
    found = sa.select(agency_table.c.id).where(agency_table.c.id == known.AGENCY)
    return conn.execute(found).one_or_none() is not None


def load_if_empty(conn: sa.Connection, now: datetime, seal: Seal) -> bool:
    """Load the demo where there is no agency at all. Answers whether the demo is there now."""
    any_agency = sa.select(agency_table.c.id).limit(1).options(across_agencies("the demo is for an empty database"))
    if conn.execute(any_agency).one_or_none() is None:
        load(conn, now, seal)
    return is_loaded(conn)


def load(conn: sa.Connection, now: datetime, seal: Seal) -> str:
    """Tell the whole demo as it would have been told up to `now`, in the caller's transaction. Answers its key.

    A service that was given no secret keeps nobody's secrets: its demo is connected to nothing and tells nobody.
    """
    diary = Diary(now, calendar(people.AGENCY_ZONE, people.AGENCY_REGION))
    agency.set_up(diary)
    for story in STORIES:
        story(diary)
    if seal.can_lock:
        connected.set_up(diary)
        told.set_up(diary)
    for entry in diary.in_order():
        _catch_up(conn, diary, entry.at)
        _tell(conn, seal, diary, entry)
    _catch_up(conn, diary, now)
    while place(conn):
        pass
    return known.DEMO_KEY


def _tell(conn: sa.Connection, seal: Seal, diary: Diary, entry: Entry) -> None:
    caller = Caller(known.AGENCY, Role.admin, known.API_KEY, entry.by)
    diary.numbers.keep(entry.ids)
    entry.tell(Work(conn, entry.at, caller, diary.numbers.make, None, seal))
    diary.numbers.keep({})


def _catch_up(conn: sa.Connection, diary: Diary, now: datetime) -> None:
    """What the worker would have found up to `now`, each thing at the instant it fell due.

    It is the sweep without its claims, and it keeps to this agency: in a database that others use, what is due of
    theirs must not be assessed as of the past.
    """
    while (due := _next_due(conn)) is not None and due <= now:
        mine = application.c.agency_id == known.AGENCY
        fallen = [sa.and_(application.c.due_at.is_not(None), application.c.due_at <= due)]
        requests = conn.execute(sa.select(reassessment).where(_mine_by(due))).all()
        for request in requests:
            scope = request.scope
            wanted = sa.true() if scope == "agency" else application.c[f"{scope}_id"] == request.subject_id
            watched = sa.or_(application.c.in_progress, application.c.due_at.is_not(None))
            fallen.append(sa.and_(watched, wanted))
        conn.execute(sa.delete(reassessment).where(_mine_by(due)))
        keys: list[tuple[UUID, UUID]] = [
            (known.AGENCY, id) for id in conn.scalars(sa.select(application.c.id).where(mine, sa.or_(*fallen)))
        ]
        reassess_all(AssessmentContext(conn, due, diary.numbers.make), keys)


def _mine_by(due: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(reassessment.c.agency_id == known.AGENCY, reassessment.c.due_at <= due)


def _next_due(conn: sa.Connection) -> datetime | None:
    due: datetime | None = conn.scalar(_NEXT_DUE)
    return due
