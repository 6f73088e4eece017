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
    """Acknowledge a flag. The flag stays, and its action leaves the worklist. Raises 409 if the flag has cleared."""
    return _handle(work, id, "acknowledged", reason=body.reason)


def snooze_flag(work: UnitOfWork, id: UUID, body: SnoozeIn) -> FlagOut:
    """Snooze a flag: its action returns to the worklist at `until`.

    Raises 422 if `until` is past, 409 if the flag has cleared.
    """
    if body.until <= work.now:
        raise invalid("/until", "`until` must be in the future.")
    return _handle(work, id, "snoozed", reason=body.reason, snoozed_until=body.until)


def dismiss_flag(work: UnitOfWork, id: UUID, body: DismissIn) -> FlagOut:
    """Dismiss a flag as wrong. Raises 409 if the flag has cleared.

    The flag stays dismissed until a new fact joins its evidence. The dismissal counts against its rule's precision.
    """
    evidence = lock_flag(work, id)["evidence"]
    return _handle(work, id, "dismissed", reason=body.reason, dismissed_evidence=evidence, dismissed_at=work.now)


def reopen_flag(work: UnitOfWork, id: UUID) -> FlagOut:
    """Undo the acknowledgement, the snooze or the dismissal of a flag. Raises 409 if the flag has cleared.

    An undone dismissal no longer counts against the rule. A flag that was raised as dismissed relies on dismissals of
    earlier flags of its kind. These are undone too, or the flag would be raised as dismissed again.
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
