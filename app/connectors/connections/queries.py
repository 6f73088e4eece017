"""Every SELECT over connections and their health, scoped by the caller's agency."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.connection_lookup import get_connection_row
from app.connectors.connections.schemas import (
    ConnectionHealth,
    ConnectionOut,
    EmptyStreamOut,
    PollOut,
    SecretOut,
    UnmappedOut,
)
from app.connectors.contract import Account, Connector
from app.connectors.guide import CONNECTION, hook_warning
from app.connectors.loaded_connection import hook_path, open_account
from app.connectors.models import backfill, connection, connection_secrets, inbound_event, sync_run, unmapped
from app.connectors.registry import CONNECTORS
from app.kit.damaged_rows import check_damage
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS
from app.kit.external_refs import row_to_model
from app.kit.pagination import Page, Paging

QUIET = timedelta(days=3)
"""A connection whose last event is older than this has the health status `quiet`."""


@check_damage(connection)
def get_connection(work: UnitOfWork, id: UUID, public_url: str) -> ConnectionOut:
    """Return one connection with the steps to take in the CRM. `public_url` is the URL of this service. Raise a 404."""
    return show(work, get_connection_row(work, id), public_url)


def list_connections(work: UnitOfWork, paging: Paging, public_url: str) -> Page[ConnectionOut]:
    """Return the agency's connections in the order of their creation."""
    statement = sa.select(connection).where(connection.c.agency_id == work.agency_id)
    return paging.page(
        work.conn, statement, [connection.c.id], [UUID], lambda row: show(work, row._mapping, public_url)
    )


def show(work: UnitOfWork, row: Mapping[Any, Any], public_url: str) -> ConnectionOut:
    """Convert the row of a connection to the response: the names of the credentials, and no credential or secret."""
    connector = CONNECTORS[row["system"]]
    url = public_url + hook_path(row["agency_id"], row["id"])
    account = open_account(work.seal, row)
    credentials = account.credentials
    return row_to_model(
        ConnectionOut,
        {name: row[name] for name in ConnectionOut.model_fields if name in row}
        | {
            "credentials": sorted(credentials),
            "missing": list(connector.guide.missing(credentials, row["settings"])),
            "needs_credentials": _needs_credentials(connector, account),
            "known_stages": dict(connector.known_stages),
            "known_activities": dict(connector.known_activities),
            "hook_url": url if connector.receives else None,
            "steps": _steps(connector, row["id"], url),
            "signing_secrets": [row_to_model(SecretOut, one) for one in connection_secrets.times(work, row["id"])],
        },
    )


def _needs_credentials(connector: Connector, account: Account) -> bool:
    """Return True if an admin must enter credentials.

    The stored ones cannot be opened or are incomplete, or a CRM that is only polled has none.
    """
    if account.unopened or (not account.credentials and connector.streams and not connector.receives):
        return True
    missing = connector.guide.missing(account.credentials, account.settings)
    return any(name.startswith("credentials.") for name in missing)


def _steps(connector: Connector, id: UUID, url: str) -> list[str]:
    """Return the steps to connect this CRM, with the connection's webhook URL and id filled in.

    A warning comes first if the CRM is likely to refuse the webhook URL.
    """
    warning = hook_warning(url) if connector.receives else None
    steps = [step.replace(CONNECTION, str(id)) for step in connector.steps(url)]
    return [warning, *steps] if warning else steps


@check_damage(connection)
def get_health(work: UnitOfWork, id: UUID) -> ConnectionHealth:
    """Return the health of a connection: its last event, event counts by state, unmapped labels and
    polls. Raise a 404.
    """
    row = get_connection_row(work, id)
    columns = inbound_event.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == id)
    states = work.conn.execute(sa.select(columns.state, sa.func.count()).where(*mine).group_by(columns.state))
    counts: dict[str, int] = dict(tuple(row) for row in states)
    last = work.conn.scalar(sa.select(sa.func.max(columns.arrived_at)).where(*mine))
    oldest = work.conn.scalar(
        sa.select(sa.func.min(columns.arrived_at)).where(*mine, columns.state == "waiting", columns.due_at.is_not(None))
    )
    polls = _polls(work, id)
    return ConnectionHealth(
        status=_status(row, work, counts, last, polls),
        last_event_at=last,
        lag_seconds=0.0 if oldest is None else max(0.0, (work.now - oldest).total_seconds()),
        waiting=counts.get("waiting", 0),
        applied=counts.get("applied", 0),
        ignored=counts.get("ignored", 0),
        parked=counts.get("parked", 0),
        unmapped=_unmapped(work, id),
        suspended_at=row["suspended_at"],
        failed_at=row["failed_at"],
        failure=row["failure"],
        refused_at=row["refused_at"],
        refusal=row["refusal"],
        polls=polls,
        empty_streams=_empty_streams(work, id, CONNECTORS[row["system"]].title),
    )


def _status(
    row: Mapping[Any, Any], work: UnitOfWork, counts: Mapping[str, int], last: Any, polls: list[PollOut]
) -> Any:
    if row["paused"]:
        return "paused"
    if row["suspended_at"] is not None:
        return "suspended"
    if _needs_credentials(CONNECTORS[row["system"]], open_account(work.seal, row)):
        return "needs_credentials"
    if row["failed_at"] is not None or counts.get("parked") or any(poll.next_read_at is None for poll in polls):
        return "failing"
    if row["refused_at"] is not None and (last is None or row["refused_at"] >= last):
        return "failing"
    return "quiet" if last is not None and work.now - last > QUIET else "ok"


def _unmapped(work: UnitOfWork, id: UUID) -> list[UnmappedOut]:
    found = work.conn.execute(
        sa.select(unmapped.c.map, unmapped.c.value, sa.func.count(), sa.func.min(inbound_event.c.arrived_at))
        .join(
            inbound_event,
            sa.and_(
                inbound_event.c.agency_id == unmapped.c.agency_id, inbound_event.c.id == unmapped.c.inbound_event_id
            ),
        )
        .where(unmapped.c.agency_id == work.agency_id, unmapped.c.connection_id == id)
        .group_by(unmapped.c.map, unmapped.c.value)
        .order_by(unmapped.c.map.desc(), sa.func.count().desc(), unmapped.c.value)
        .limit(200)
    )
    return [UnmappedOut(map=which, value=value, events=events, first_at=at) for which, value, events, at in found]


def _empty_streams(work: UnitOfWork, id: UUID, title: str) -> list[EmptyStreamOut]:
    latest = (
        sa.select(sa.func.max(backfill.c.created_at))
        .where(backfill.c.agency_id == work.agency_id, backfill.c.connection_id == id)
        .scalar_subquery()
    )
    found = work.conn.execute(
        sa.select(sync_run.c.stream, sync_run.c.finished_at)
        .join(backfill, sa.and_(backfill.c.agency_id == sync_run.c.agency_id, backfill.c.id == sync_run.c.backfill_id))
        .where(sync_run.c.agency_id == work.agency_id, sync_run.c.connection_id == id, sync_run.c.empty.is_(True))
        .where(backfill.c.created_at == latest)
        .order_by(sync_run.c.position)
    )
    sentence = "{} returned no {}, not even of older date. If it has some, check what its API user may read."
    return [
        EmptyStreamOut(stream=stream, read_at=at, sentence=sentence.format(title, stream.replace("_", " ")))
        for stream, at in found
    ]


def _polls(work: UnitOfWork, id: UUID) -> list[PollOut]:
    columns = sync_run.c
    found = work.conn.execute(
        sa.select(sync_run)
        .where(columns.agency_id == work.agency_id, columns.connection_id == id, columns.backfill_id.is_(None))
        .order_by(columns.position)
    )
    return [
        PollOut(
            stream=row.stream,
            last_read_at=row.finished_at,
            next_read_at=row.due_at if row.attempts < MAX_CLAIM_ATTEMPTS else None,
            failure=row.failure,
        )
        for row in found
    ]
