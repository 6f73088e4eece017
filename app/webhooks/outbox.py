"""The outbox: an event is a row in the transaction of the fact that it tells of, so that neither exists alone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.access.work import Work
from app.kit.db import add_many
from app.webhooks.models import event


def event_row(
    work: Work,
    agency_id: UUID,
    type: str,
    data: Mapping[str, Any],
    application_id: UUID | None = None,
    sequence: int | None = None,
) -> dict[str, Any]:
    """The row of one event. `data` holds ids, kinds and instants; never personal data."""
    return {
        "agency_id": agency_id,
        "id": work.new_id("event"),
        "type": type,
        "occurred_at": work.now,
        "application_id": application_id,
        "sequence": sequence,
        "data": dict(data),
    }


def emit(
    work: Work, type: str, data: Mapping[str, Any], application_id: UUID | None = None, sequence: int | None = None
) -> None:
    """Write one event in the caller's transaction."""
    add_many(work.conn, event, [event_row(work, work.agency_id, type, data, application_id, sequence)])
