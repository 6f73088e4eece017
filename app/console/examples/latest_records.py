"""The ids of an agency's newest records, which replace the placeholder ids in the console's examples."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import api_key, recruiter
from app.applications.models import (
    application,
    check,
    commitment,
    flag,
    interaction,
    interview,
    keep_warm_mark,
    milestone,
    transition,
    waiver,
)
from app.candidates.models import candidate
from app.connectors.models import backfill, connection, connection_secret, inbound_event, stage_move
from app.console.examples.example import Example
from app.console.examples.placeholder_examples import placeholder
from app.jobs.models import job, timeline_revision
from app.organisations.models import client_contact, organisation
from app.spreadsheets.models import spreadsheet_import
from app.webhooks.models import endpoint, endpoint_secret, webhook_delivery

_TABLES: Mapping[str, sa.Table] = {
    "recruiter": recruiter,
    "api_key": api_key,
    "candidate": candidate,
    "job": job,
    "timeline_revision": timeline_revision,
    "application": application,
    "interview": interview,
    "interaction": interaction,
    "commitment": commitment,
    "check": check,
    "milestone": milestone,
    "keep_warm_mark": keep_warm_mark,
    "transition": transition,
    "waiver": waiver,
    "flag": flag,
    "stage_move": stage_move,
    "spreadsheet_import": spreadsheet_import,
}
_FAMILIES: Mapping[str, tuple[sa.Table, str, Mapping[str, sa.Table]]] = {
    "organisation": (organisation, "organisation_id", {"client_contact": client_contact}),
    "connection": (
        connection,
        "connection_id",
        {"inbound_event": inbound_event, "backfill": backfill, "connection_secret": connection_secret},
    ),
    "webhook_endpoint": (
        endpoint,
        "endpoint_id",
        {"delivery": webhook_delivery, "webhook_secret": endpoint_secret},
    ),
}
"""The kinds of record with child records: the table, the children's column for the parent's id, and the child tables.

The parent is the one with the newest record of the first child kind, or else the newest parent.
"""
_MAKING_ANEW = {"rotate_api_key"}
"""The names of operations that answer 201 but also end an existing record. Their examples keep the placeholder ids."""


def latest_ids(conn: sa.Connection, agency_id: UUID) -> dict[str, str]:
    """Return a mapping of placeholder id to the id of the agency's newest record of that kind. Kinds without a record
    are left out.
    """
    found = {kind: _newest(conn, table, agency_id) for kind, table in _TABLES.items()}
    for kind, (table, column, children) in _FAMILIES.items():
        first = next(iter(children.values()))
        parent = _newest(conn, first, agency_id, of=first.c[column]) or _newest(conn, table, agency_id)
        found[kind] = parent
        for child, child_table in children.items():
            found[child] = _newest(conn, child_table, agency_id, where=child_table.c[column] == parent)
    return {str(placeholder(kind)): str(id) for kind, id in found.items() if id is not None}


def _newest(
    conn: sa.Connection,
    table: sa.Table,
    agency_id: UUID,
    *,
    of: sa.ColumnElement[Any] | None = None,
    where: sa.ColumnElement[bool] | None = None,
) -> UUID | None:
    """Return the id, or the column `of`, of the agency's newest row that meets `where`. Return None without such a row.

    The newest row has the highest id, since ids ascend with time.
    """
    statement = sa.select(table.c.id if of is None else of).where(table.c.agency_id == agency_id)
    if where is not None:
        statement = statement.where(where)
    id: UUID | None = conn.scalar(statement.order_by(table.c.id.desc()).limit(1))
    return id


def own_examples(
    document: Mapping[str, Any], neutral: Mapping[str, Example], ids: Mapping[str, str]
) -> dict[str, Example]:
    """Return the neutral examples, with an agency's own ids in those of operations that read or add a record.

    Examples that change, end or erase a record keep the placeholder ids, so that no example changes a real record.
    """
    found = dict(neutral)
    for item in document["paths"].values():
        for method, operation in item.items():
            id = operation["operationId"]
            adds = method == "put" or (method == "post" and "201" in operation["responses"])
            if id in neutral and (method == "get" or adds) and id not in _MAKING_ANEW:
                example = neutral[id]
                found[id] = Example(_filled(example.parameters, ids), _filled(example.bodies, ids))
    return found


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    match value:
        case str():
            return ids.get(value, value)
        case Mapping():
            return {name: _filled(inner, ids) for name, inner in value.items()}
        case list():
            return [_filled(inner, ids) for inner in value]
        case _:
            return value
