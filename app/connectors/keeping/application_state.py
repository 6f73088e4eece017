"""Sync state of an application: its ids, its recruiter and its newest status, kept beside or before its row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.keeping.outcome import Desk
from app.connectors.linked import Linked
from app.connectors.models import known_thing
from app.connectors.records import Application, Status


def remembered(before: Mapping[str, Any] | None, record: Application, *, is_newest: bool) -> dict[str, Any]:
    """Return the state after a record, the same in any order of arrival.

    The newest status is that of the newest version, not the one that was entered last: a rejection that was taken back
    leads to a stage that was entered before it. Its move is then dated by the version. A record that is not the newest
    changes no id that is known.
    """
    known = before or {}
    told = {"candidate_id": record.candidate_id, "job_id": record.job_id, "recruiter_email": record.recruiter_email}
    ids = {name: (is_newest and told[name]) or known.get(name) or told[name] for name in told}
    return {**ids, "status": _newest(known.get("status"), record), "former": known.get("former", [])}


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
        # The same status with something else changed: it stands there since it came there.
        return {**kept, "version": new["version"]}
    return new if status.at >= last.at else {**new, "at": max(record.version, last.at).isoformat()}


def status_of(kept: Mapping[str, Any]) -> Status:
    """Return a kept status as the record that it came from."""
    return Status(
        value=kept["value"], label=kept["label"], at=datetime.fromisoformat(kept["at"]), reason=kept["reason"]
    )


def last_status(work: Work, link: Linked, external_id: str) -> Status | None:
    """Where the CRM last said that one of its applications stands."""
    columns = known_thing.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == link.id, columns.kind == "application")
    detail = work.conn.scalar(sa.select(columns.detail).where(*mine, columns.external_id == external_id))
    return None if not detail or detail["status"] is None else status_of(detail["status"])


def former_applications(desk: Desk, external_id: str | None) -> Sequence[str]:
    """Return Keepwarm's ids of the applications that had this CRM id before a transfer, the first one first."""
    detail = None if external_id is None else desk.known.of("application", external_id).detail
    former: Sequence[str] = (detail or {}).get("former", ())
    return former
