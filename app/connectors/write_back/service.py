"""Stage moves in the CRM: propose, approve, decline and list them. List the events written into the CRM."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.queries import get_application
from app.connectors.connection_lookup import get_connection_row
from app.connectors.models import stage_move
from app.connectors.write_back.notes import MoveProposal
from app.connectors.write_back.schemas import StageMoveOut, WrittenOut
from app.kit.db import insert_row, update_row
from app.kit.dialects import lock_for_update
from app.kit.errors import conflict, not_found
from app.kit.external_refs import row_to_model
from app.kit.pagination import Page, Paging
from app.webhooks.models import delivery, event


def propose_move(work: UnitOfWork, connection_id: UUID, proposal: MoveProposal) -> None:
    """Store a proposed stage move, which waits for a recruiter's approval."""
    row = {
        "agency_id": work.agency_id,
        "id": work.new_id("stage_move"),
        "connection_id": connection_id,
        "application_id": proposal.application_id,
        "external_id": proposal.external_id,
        "stage": proposal.stage,
        "status": proposal.status,
        "state": "proposed",
        "proposed_at": work.now,
        "attempts": 0,
    }
    insert_row(work.conn, stage_move, row)


def approve_move(work: UnitOfWork, id: UUID) -> StageMoveOut:
    """Approve a proposed stage move and return it; a worker then makes the move in the CRM. Check If-Match.

    Raise a 409 if the move was already decided or the application has changed its stage since.
    """
    row = _waiting(work, id)
    if get_application(work, row["application_id"]).stage != row["stage"]:
        raise conflict(
            "moved_on", "The application has changed its stage since this move was proposed. Decline the move."
        )
    return _decided(work, id, "approved", due_at=work.now, attempts=0)


def decline_move(work: UnitOfWork, id: UUID) -> StageMoveOut:
    """Decline a proposed stage move and return it; the CRM is not changed. Check If-Match.

    Raise a 409 if the move was already decided.
    """
    _waiting(work, id)
    return _decided(work, id, "declined", due_at=None)


def get_move(work: UnitOfWork, id: UUID) -> StageMoveOut:
    """Return one stage move, in any state. Raise a 404 if there is none."""
    return row_to_model(StageMoveOut, _row(work, id))


def list_moves(work: UnitOfWork, paging: Paging, state: str | None) -> Page[StageMoveOut]:
    """Return a page of the agency's stage moves, the newest first; `state` filters by state."""
    statement = sa.select(stage_move).where(stage_move.c.agency_id == work.agency_id)
    if state is not None:
        statement = statement.where(stage_move.c.state == state)
    return paging.page(
        work.conn,
        statement,
        [stage_move.c.id],
        [UUID],
        lambda row: row_to_model(StageMoveOut, row._mapping),
        newest_first=True,
    )


def list_written(work: UnitOfWork, connection_id: UUID, paging: Paging) -> Page[WrittenOut]:
    """Return a page of the events that were or will be written into a connection's CRM, the newest first."""
    get_connection_row(work, connection_id)
    columns = delivery.c
    of_event = sa.and_(event.c.agency_id == columns.agency_id, event.c.id == columns.event_id)
    statement = (
        sa.select(delivery, event.c.type, event.c.application_id)
        .join(event, of_event)
        .where(columns.agency_id == work.agency_id, columns.subscriber_id == connection_id)
    )

    def show(row: Any) -> WrittenOut:
        return row_to_model(WrittenOut, {**row._mapping, "next_attempt_at": row.due_at})

    return paging.page(work.conn, statement, [columns.id], [UUID], show, newest_first=True)


def _row(work: UnitOfWork, id: UUID, *, lock: bool = False) -> sa.RowMapping:
    statement = sa.select(stage_move).where(stage_move.c.agency_id == work.agency_id, stage_move.c.id == id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).mappings().one_or_none()
    if row is None:
        raise not_found("stage move")
    return row


def _waiting(work: UnitOfWork, id: UUID) -> sa.RowMapping:
    row = _row(work, id, lock=True)
    work.expect(row_to_model(StageMoveOut, row))
    if row["state"] != "proposed":
        raise conflict(
            "already_decided", f"This move was already {row['state']} and cannot be decided again.", state=row["state"]
        )
    return row


def _decided(work: UnitOfWork, id: UUID, state: str, *, due_at: datetime | None, **values: Any) -> StageMoveOut:
    columns = {"state": state, "due_at": due_at, "decided_at": work.now, "recruiter_id": work.caller.recruiter_id}
    columns |= {"api_key_id": work.caller.api_key_id} | values
    return row_to_model(StageMoveOut, update_row(work.conn, stage_move, work.agency_id, id, columns))
