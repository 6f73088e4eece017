"""Replay of stored inbound events: one, many, or those that a change of the connection allows to be applied."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.inbox import queries
from app.connectors.inbox.schemas import InboundEventOut, ReplayIn, ReplayOut
from app.connectors.loaded_connection import LoadedConnection, load_connection
from app.connectors.models import inbound_event, unmapped
from app.kit import due_rows
from app.kit.errors import conflict, not_found

_STEP = 1000
NO_CREDENTIALS = "the payload is thin, and the connection has no credentials to fetch the rest with"


def replay_one(work: UnitOfWork, connection_id: UUID, id: UUID) -> InboundEventOut:
    """Apply one stored event again, in any state. Check If-Match.

    Records that are already imported stay as they are. Raise a 409 if the body of the event was deleted.
    """
    row = queries.get_row(work, connection_id, id)
    work.expect(queries.show(row))
    if row["sealed"] is None:
        raise conflict(
            "body_dropped",
            "This event cannot be replayed: its body was deleted by age, or because its candidate was erased.",
        )
    _replay(work, [id])
    return queries.get_inbound_event(work, connection_id, id)


def replay_many(work: UnitOfWork, connection_id: UUID, body: ReplayIn) -> ReplayOut:
    """Make a connection's stored events due again and return how many.

    `body` selects them by state and by the period of their arrival. Events without a body are skipped. Raise a 404 for
    an unknown connection.
    """
    if load_connection(work.conn, work.seal, work.agency_id, connection_id) is None:
        raise not_found("connection")
    columns = inbound_event.c
    wanted: list[sa.ColumnElement[bool]] = [
        columns.state.in_(body.states),
        columns.sealed.is_not(None),
        columns.due_at.is_(None),
    ]
    if body.since is not None:
        wanted.append(columns.arrived_at >= body.since)
    if body.until is not None:
        wanted.append(columns.arrived_at < body.until)
    return ReplayOut(replayed=_replay_where(work, connection_id, *wanted))


def replay_mapped(work: UnitOfWork, connection_id: UUID) -> None:
    """Apply again the events with unmapped labels that the connection's maps now contain."""
    loaded = load_connection(work.conn, work.seal, work.agency_id, connection_id)
    assert loaded is not None, "its row is locked"
    columns = unmapped.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == connection_id)
    for which, value in work.conn.execute(sa.select(columns.map, columns.value).where(*mine).distinct()).all():
        if is_mapped(loaded, which, value):
            speaks = (*mine, columns.map == which, columns.value == value)
            _replay(work, work.conn.scalars(sa.select(columns.inbound_event_id).where(*speaks)).all())


def replay_without_credentials(work: UnitOfWork, connection_id: UUID) -> None:
    """Apply again the events that were ignored because the connection had no credentials to fetch the rest."""
    _replay_where(work, connection_id, inbound_event.c.state == "ignored", inbound_event.c.reason == NO_CREDENTIALS)


def wake_all(work: UnitOfWork, connection_id: UUID) -> None:
    """Make all postponed inbound events of a connection due now."""
    columns = inbound_event.c
    mine = sa.and_(columns.agency_id == work.agency_id, columns.connection_id == connection_id)
    work.conn.execute(sa.update(inbound_event).where(mine, columns.due_at > work.now).values(due_at=work.now))


def is_mapped(loaded: LoadedConnection, which: str, value: str) -> bool:
    """Return True if a connection's map has a label. `which` is `stage` or the activity map.

    Return False for `word`, a word that the connector itself lacks: no map helps.
    """
    if which == "word":
        return False
    return (loaded.stage_of(value) if which == "stage" else loaded.activity(value)) is not None


def _replay_where(work: UnitOfWork, connection_id: UUID, *wanted: sa.ColumnElement[bool]) -> int:
    columns = inbound_event.c
    statement = sa.select(columns.id).where(
        columns.agency_id == work.agency_id, columns.connection_id == connection_id, *wanted
    )
    ids = work.conn.scalars(statement).all()
    _replay(work, ids)
    return len(ids)


def _replay(work: UnitOfWork, ids: Sequence[UUID]) -> None:
    for start in range(0, len(ids), _STEP):
        keys = [(work.agency_id, id) for id in ids[start : start + _STEP]]
        due_rows.revive(work.conn, inbound_event, work.now, keys, state="waiting", waits_for=None)
