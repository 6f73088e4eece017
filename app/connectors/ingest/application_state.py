"""Sync state of an application: its CRM ids, its recruiter and its newest CRM status.

The state is stored also before the application is opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.canonical_records import Application, Status
from app.connectors.ingest.import_context import ImportContext
from app.connectors.ingest.sync_state import EntityState
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.models import external_entity

_AS_OF, _ARRIVED = "as_of", "as_of_version"
"""The names under which the state stores the newest `as_of`, and the version of the record that carried it."""
_ONE_MICROSECOND = timedelta(microseconds=1)


def merged_state(before: Mapping[str, Any] | None, record: Application, *, is_newest: bool) -> dict[str, Any]:
    """Return the stored state of an application after a record. `before` is the state until now, or None.

    The ids of the newest version replace the stored ones. An older version only adds ids that are missing. The status
    is that of the newest version, and not the one entered last. After a withdrawn rejection the CRM names a stage that
    was entered before it.
    """
    known = before or {}
    new_ids = {"candidate_id": record.candidate_id, "job_id": record.job_id, "recruiter_email": record.recruiter_email}
    ids = {name: (is_newest and new_ids[name]) or known.get(name) or new_ids[name] for name in new_ids}
    state = {**ids, "status": _newest(known.get("status"), record), "former": known.get("former", [])}
    kept = {name: known[name] for name in (_AS_OF, _ARRIVED) if name in known}
    if record.as_of is None or (kept and record.as_of < datetime.fromisoformat(kept[_AS_OF])):
        return {**state, **kept}
    return {**state, _AS_OF: record.as_of.isoformat(), _ARRIVED: record.version.isoformat()}


def ordered_by_as_of(entity: EntityState, record: Application) -> Application:
    """Return the record with a version that follows the order of `as_of`, if the record and the state have one.

    An `as_of` before the stored one limits the version to that instant, so that the record undoes nothing newer. An
    `as_of` after the stored one raises a version that is not above the stored version. That needs a stored version from
    the record with the stored `as_of`.
    """
    state = entity.detail or {}
    if record.as_of is None or _AS_OF not in state:
        return record
    newest, arrived = (datetime.fromisoformat(state[name]) for name in (_AS_OF, _ARRIVED))
    if record.as_of < newest:
        return replace(record, version=min(record.version, record.as_of))
    if record.as_of > newest and entity.version == arrived >= record.version:
        return replace(record, version=arrived + _ONE_MICROSECOND)
    return record


def _newest(kept: Mapping[str, Any] | None, record: Application) -> Mapping[str, Any] | None:
    status = record.status
    if status is None:
        return kept
    new = {
        "value": status.value,
        "label": status.label,
        "at": status.at.isoformat(),
        "reason": status.reason,
        "version": record.version.isoformat(),
    }
    if kept is None:
        return new
    last = status_of(kept)
    version = datetime.fromisoformat(kept.get("version") or kept["at"])
    if (record.version, status.at) < (version, last.at):
        return kept
    if (status.value, status.label) == (last.value, last.label):
        # Another version with the same status: its date of entry stays.
        return {**kept, "version": new["version"]}
    return new if status.at >= last.at else {**new, "at": max(record.version, last.at).isoformat()}


def status_of(kept: Mapping[str, Any]) -> Status:
    """Convert a CRM status in the stored state of an application to a `Status`."""
    return Status(
        value=kept["value"], label=kept["label"], at=datetime.fromisoformat(kept["at"]), reason=kept["reason"]
    )


def last_status(work: UnitOfWork, loaded: LoadedConnection, external_id: str) -> Status | None:
    """Return the newest CRM status stored for an application, by the application's CRM id. Return None without one."""
    columns = external_entity.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == loaded.id, columns.kind == "application")
    detail = work.conn.scalar(sa.select(columns.detail).where(*mine, columns.external_id == external_id))
    return None if not detail or detail["status"] is None else status_of(detail["status"])


def former_applications(context: ImportContext, external_id: str | None) -> Sequence[str]:
    """Return Keepwarm's ids of the applications that had this CRM id before a transfer, the oldest first.

    The sync state of the CRM id is locked. Without a CRM id the result is empty.
    """
    detail = None if external_id is None else context.states.lock("application", external_id).detail
    former: Sequence[str] = (detail or {}).get("former", ())
    return former
