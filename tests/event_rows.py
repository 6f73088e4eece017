"""Rows of events with arbitrary data, for tests of the outbox and the sender."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.access.unit_of_work import UnitOfWork
from app.webhooks.events import EndpointTested
from app.webhooks.outbox import event_row


def raw_event_row(work: UnitOfWork, agency_id: UUID, type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an event of this type, without a check of its data."""
    return event_row(work, agency_id, EndpointTested(endpoint_id=agency_id)) | {"type": type, "data": dict(data)}
