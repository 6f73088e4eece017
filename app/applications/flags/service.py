"""Use cases of flags: acknowledge, snooze, dismiss, reopen."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.flags.queries import get_flag, lock_flag
from app.applications.flags.schemas import AcknowledgeIn, DismissIn, FlagOut, SnoozeIn
from app.applications.models import flag
from app.applications.reassess import reassess
from app.kit.db import update_row
from app.kit.errors import conflict, invalid


def acknowledge_flag(work: UnitOfWork, id: UUID, body: AcknowledgeIn) -> FlagOut:
    """Acknowledge a flag. It stays, and its action leaves the worklist."""
    return _handle(work, id, "acknowledged", reason=body.reason)


def snooze_flag(work: UnitOfWork, id: UUID, body: SnoozeIn) -> FlagOut:
    """Snooze a flag. Its action comes back to the worklist at `until`."""
    if body.until <= work.now:
        raise invalid("/until", "`until` must be in the future.")
    return _handle(work, id, "snoozed", reason=body.reason, snoozed_until=body.until)


def dismiss_flag(work: UnitOfWork, id: UUID, body: DismissIn) -> FlagOut:
    """Dismiss a flag. It stays dismissed until a new fact joins its evidence, and counts against its rule."""
    evidence = lock_flag(work, id)["evidence"]
    return _handle(work, id, "dismissed", reason=body.reason, dismissed_evidence=evidence, dismissed_at=work.now)


def reopen_flag(work: UnitOfWork, id: UUID) -> FlagOut:
    """Undo an acknowledgement, a snooze or a dismissal. An undone dismissal no longer counts.

    A flag that was raised as dismissed rests on earlier dismissals. They are undone too, or it would be raised as
    dismissed again.
    """
    row = lock_flag(work, id)
    work.expect(get_flag(work, id))
    if row["state"] == "dismissed" and row["dismissed_at"] is None:
        columns = flag.c
        work.conn.execute(
            sa.update(flag)
            .where(
                columns.agency_id == work.agency_id,
                columns.application_id == row["application_id"],
                columns.kind == row["kind"],
                columns.dismissed_at.is_not(None),
            )
            .values(dismissed_at=None, dismissed_evidence=None)
        )
    return _handle(work, id, "open", reason=None)


def _handle(work: UnitOfWork, id: UUID, state: str, **values: Any) -> FlagOut:
    row = lock_flag(work, id)
    work.expect(get_flag(work, id))
    if row["cleared_at"] is not None:
        raise conflict("flag_cleared", "This flag has cleared; nothing is left to do.")
    blank = {"snoozed_until": None, "dismissed_evidence": None, "dismissed_at": None}
    handled = {"state": state, "handled_at": work.now, "handled_by": work.caller.api_key_id}
    update_row(work.conn, flag, work.agency_id, id, blank | handled | values)
    reassess(work, [row["application_id"]])
    return get_flag(work, id)
