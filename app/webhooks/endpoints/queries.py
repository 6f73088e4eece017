"""Queries of webhook endpoints, their deliveries and attempts, scoped by the caller's agency."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.dialects import lock_for_update
from app.kit.errors import Problem, not_found
from app.kit.external_refs import row_to_model
from app.kit.pagination import Page, Paging
from app.webhooks.endpoints.schemas import (
    AttemptOut,
    DeliveryOut,
    EndpointHealth,
    EndpointOut,
    EndpointSecretOut,
)
from app.webhooks.models import attempt, endpoint, endpoint_secrets, event, webhook_delivery

_DAY = timedelta(hours=24)


def get_row(work: UnitOfWork, id: UUID, *, lock: bool = False) -> sa.RowMapping:
    """Return the database row of a webhook endpoint; `lock` locks the row for an update. Raises 404."""
    statement = sa.select(endpoint).where(endpoint.c.agency_id == work.agency_id, endpoint.c.id == id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).mappings().one_or_none()
    if row is None:
        raise not_found("webhook endpoint")
    return row


def get_endpoint(work: UnitOfWork, id: UUID) -> EndpointOut:
    """Return one webhook endpoint. Raises 404."""
    return endpoint_out(work, get_row(work, id))


def list_endpoints(work: UnitOfWork, paging: Paging) -> Page[EndpointOut]:
    """Return a page of the agency's webhook endpoints, the oldest first."""
    statement = sa.select(endpoint).where(endpoint.c.agency_id == work.agency_id)
    return paging.page(work.conn, statement, [endpoint.c.id], [UUID], lambda row: endpoint_out(work, row._mapping))


def endpoint_out(work: UnitOfWork, row: Mapping[Any, Any]) -> EndpointOut:
    """Convert the row of a webhook endpoint to the response, with its signing secrets but not their text."""
    secrets = [row_to_model(EndpointSecretOut, one) for one in endpoint_secrets.times(work, row["id"])]
    return row_to_model(EndpointOut, {**row, "secrets": secrets})


def get_health(work: UnitOfWork, id: UUID) -> EndpointHealth:
    """Return the health of a webhook endpoint: status, success rate of the last 24 hours, waiting deliveries.

    Raises 404.
    """
    row = get_row(work, id)
    columns, waiting = attempt.c, webhook_delivery.c
    succeeded_count = sa.func.count(sa.case((columns.status.between(200, 299), 1)))
    attempt_count, succeeded = work.conn.execute(
        sa.select(sa.func.count(), succeeded_count).where(
            columns.agency_id == work.agency_id, columns.endpoint_id == id, columns.at > work.now - _DAY
        )
    ).one()
    waiting_count = work.conn.scalar(
        sa.select(sa.func.count()).where(
            waiting.agency_id == work.agency_id, waiting.endpoint_id == id, waiting.due_at.is_not(None)
        )
    )
    computed = {
        "status": _status(work, row),
        "success_rate": round(succeeded / attempt_count, 4) if attempt_count else None,
        "attempts": attempt_count,
        "waiting": waiting_count or 0,
    }
    return row_to_model(EndpointHealth, {**row, **computed})


def _status(work: UnitOfWork, row: Mapping[Any, Any]) -> str:
    if row["disabled_at"] is not None:
        return "disabled"
    if row["paused"]:
        return "paused"
    if row["throttled_until"] is not None and row["throttled_until"] > work.now:
        return "throttled"
    return "ok" if row["failing_since"] is None else "failing"


def list_deliveries(work: UnitOfWork, endpoint_id: UUID, paging: Paging, state: str | None) -> Page[DeliveryOut]:
    """Return a page of a webhook endpoint's deliveries, the newest first; `state` filters by state. Raises 404."""
    get_row(work, endpoint_id)
    columns = webhook_delivery.c
    statement = _select_deliveries().where(columns.agency_id == work.agency_id, columns.endpoint_id == endpoint_id)
    if state is not None:
        statement = statement.where(columns.state == state)
    return paging.page(
        work.conn, statement, [columns.id], [UUID], lambda row: _delivery_out(work, row._mapping), newest_first=True
    )


def get_delivery(work: UnitOfWork, endpoint_id: UUID, id: UUID) -> DeliveryOut:
    """Return one delivery of a webhook endpoint with its attempts. Raises 404."""
    columns = webhook_delivery.c
    scope = (columns.agency_id == work.agency_id, columns.endpoint_id == endpoint_id, columns.id == id)
    row = work.conn.execute(_select_deliveries().where(*scope)).mappings().one_or_none()
    if row is None:
        raise not_found("delivery")
    return _delivery_out(work, row)


def _select_deliveries() -> sa.Select[Any]:
    of_event = sa.and_(event.c.agency_id == webhook_delivery.c.agency_id, event.c.id == webhook_delivery.c.event_id)
    return sa.select(webhook_delivery, event.c.type).join(event, of_event)


def _delivery_out(work: UnitOfWork, row: Mapping[Any, Any]) -> DeliveryOut:
    columns = attempt.c
    scope = (columns.agency_id == work.agency_id, columns.delivery_id == row["id"])
    rows = work.conn.execute(sa.select(attempt).where(*scope).order_by(columns.id)).mappings()
    attempts = [row_to_model(AttemptOut, {**one, "answer": _answer(work, one["sealed_answer"])}) for one in rows]
    return row_to_model(DeliveryOut, {**row, "next_attempt_at": row["due_at"], "attempts": attempts})


def _answer(work: UnitOfWork, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    try:
        return work.seal.open(work.agency_id, sealed).decode("utf-8", "replace")
    except Problem:  # the rest of the attempt is still readable
        return None
