"""Redaction of inbound events about an erased person: the stored requests of CRMs, their reasons and the sync state.

The outcome of an applied event lists the records that the event is about. Other events are translated into records, so
that people with the same name lose nothing. If that needs the CRM's API or gives no records, settled events are
searched for the person's name. Waiting events without records stay stored, and are ignored when they are applied.

Decrypting all events of an agency takes long. Short scans find most events beforehand, without locks. The erasure
itself reads only the events found, and newer events.
"""

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import MAX_AHEAD, UnitOfWork
from app.connectors.canonical_records import AnyRecord, Candidate, Kind
from app.connectors.contract import Account, Translation
from app.connectors.inbox.apply_event import read_event
from app.connectors.ingest.erased import CANDIDATE_ERASED, mentioned_entities
from app.connectors.loaded_connection import LoadedConnection, from_row
from app.connectors.models import connection, external_entity, inbound_event, unmapped, wait_key
from app.erasure.person_data import Person, find_person
from app.kit.errors import Problem

_BATCH_SIZE = 500
_START = UUID(int=0)
_ExternalId = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Scan:
    """The progress of a scan for inbound events about a person. Each step reads one batch of events."""

    person: Person
    began_at: datetime
    connection_ids: Sequence[UUID]
    """The CRM connections whose events are still to be scanned, beginning with the current connection."""
    after: UUID = _START


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The ids of inbound events about a person that one step of a scan found.

    `criteria` are the person, the person's external ids and the connection's settings at the time of the scan. The
    result is discarded if these have changed by the time of the erasure.
    """

    began_at: datetime
    connection_id: UUID
    criteria: tuple[Person, frozenset[_ExternalId], Mapping[str, Any]]
    ids: Sequence[UUID]


def scan_step(work: UnitOfWork, scan: Scan | None, candidate_id: UUID) -> tuple[ScanResult | None, Scan | None]:
    """Scan one batch of inbound events for the candidate. Pass None as `scan` at the first step.

    Return the result of the batch, or None if nothing was scanned, and the scan to pass to the next step. That scan is
    None after the last step. Raises 404 for an unknown candidate.
    """
    if scan is None:
        scan = Scan(find_person(work, candidate_id, lock=False), work.now, _connections(work))
    if not scan.person.candidate_ids or not scan.connection_ids:
        return None, None
    id, *others = scan.connection_ids
    next_scan = Scan(scan.person, scan.began_at, others)
    link = _connection(work, id)
    if link is None:
        return None, next_scan
    external_ids, rows = _external_ids(work, scan.person, link), _next_events(work, id, scan.after, None)
    concerned = [row["id"] for row in rows if _concerns(work, link, row, scan.person, external_ids)]
    found = ScanResult(scan.began_at, id, (scan.person, external_ids, link.account.settings), concerned)
    return found, next_scan if not rows else Scan(scan.person, scan.began_at, scan.connection_ids, rows[-1]["id"])


def erase_inbound_events(work: UnitOfWork, person: Person, found: Sequence[ScanResult]) -> None:
    """Delete the stored content of all inbound events about the person.

    Their keys stay, so that repeats are recognised. Events in `found` are checked again, and so are those received
    since the scan. Without a scan, or if the person's external ids have changed since, all events are checked.
    """
    for id in _connections(work):
        link = _connection(work, id)
        if link is None:
            continue
        external_ids = _external_ids(work, person, link)
        _erase_application_state(work, link, external_ids)
        of_connection = [one for one in found if one.connection_id == id]
        if any(one.criteria != (person, external_ids, link.account.settings) for one in of_connection):
            of_connection = []
        ids_found = sorted(found_id for one in of_connection for found_id in one.ids)
        for start in range(0, len(ids_found), _BATCH_SIZE):
            rows = _events_by_id(work, ids_found[start : start + _BATCH_SIZE])
            _redact(work, [row for row in rows if _concerns(work, link, row, person, external_ids)])
        since, after = of_connection[0].began_at - MAX_AHEAD if of_connection else None, _START
        while rows := _next_events(work, id, after, since):
            _redact(work, [row for row in rows if _concerns(work, link, row, person, external_ids)])
            after = rows[-1]["id"]


def _connections(work: UnitOfWork) -> Sequence[UUID]:
    scope = connection.c.agency_id == work.agency_id
    return work.conn.scalars(sa.select(connection.c.id).where(scope).order_by(connection.c.id)).all()


def _connection(work: UnitOfWork, id: UUID) -> LoadedConnection | None:
    """Return a connection to a CRM, loaded without its credentials.

    Return None if the connection was deleted meanwhile. No request to the CRM is made, and the credentials may be
    encrypted under a key that is lost.
    """
    scope = sa.and_(connection.c.agency_id == work.agency_id, connection.c.id == id)
    row = work.conn.execute(sa.select(connection).where(scope)).mappings().one_or_none()
    return from_row(row, Account(row["settings"], {}, {})) if row is not None else None


def _external_ids(work: UnitOfWork, person: Person, link: LoadedConnection) -> frozenset[_ExternalId]:
    """Return the person's records in the CRM of this connection as pairs of kind and external id.

    Applications that the CRM has reported but Keepwarm has not opened yet are included.
    """
    external_records: frozenset[_ExternalId] = frozenset(
        (kind, id) for system, kind, id in person.external_records if system == link.ref_system
    )
    columns = external_entity.c
    candidates = [id for kind, id in external_records if kind == "candidate"]
    scope = (columns.agency_id == work.agency_id, columns.connection_id == link.id, columns.kind == "application")
    of_person = columns.detail["candidate_id"].as_string().in_(candidates)
    return external_records | {
        ("application", id) for id in work.conn.scalars(sa.select(columns.external_id).where(*scope, of_person))
    }


def _erase_application_state(
    work: UnitOfWork, link: LoadedConnection, external_records: frozenset[_ExternalId]
) -> None:
    """Blank the last known status of the person's applications in the CRM of this connection.

    The candidate's external id stays, so that later events about these applications are recognised.
    """
    columns = external_entity.c
    ids = [id for kind, id in external_records if kind == "application"]
    scope = (columns.agency_id == work.agency_id, columns.connection_id == link.id, columns.kind == "application")
    states = sa.select(columns.external_id, columns.detail).where(*scope, columns.external_id.in_(ids))
    for id, detail in work.conn.execute(states.where(columns.detail.is_not(None))).all():
        redacted = {**detail, "recruiter_email": None, "status": None}
        work.conn.execute(sa.update(external_entity).where(*scope, columns.external_id == id).values(detail=redacted))


def _next_events(work: UnitOfWork, connection_id: UUID, after: UUID, since: datetime | None) -> Sequence[sa.RowMapping]:
    """Return the next batch of a connection's inbound events after an id, without events that are erased already.

    `since` limits the batch to events received or settled since that instant.
    """
    columns = inbound_event.c
    wait_keys = sa.or_(columns.sealed.is_not(None), columns.reason.is_not(None), columns.waits_for.is_not(None))
    scope = [columns.agency_id == work.agency_id, columns.connection_id == connection_id, wait_keys]
    if since is not None:
        scope.append(sa.or_(columns.arrived_at >= since, columns.settled_at >= since))
    statement = sa.select(inbound_event).where(*scope, columns.id > after).order_by(columns.id).limit(_BATCH_SIZE)
    return work.conn.execute(statement).mappings().all()


def _events_by_id(work: UnitOfWork, ids: Sequence[UUID]) -> Sequence[sa.RowMapping]:
    scope = (inbound_event.c.agency_id == work.agency_id, inbound_event.c.id.in_(ids))
    return work.conn.execute(sa.select(inbound_event).where(*scope).order_by(inbound_event.c.id)).mappings().all()


def _concerns(
    work: UnitOfWork, link: LoadedConnection, row: sa.RowMapping, person: Person, external_ids: frozenset[_ExternalId]
) -> bool:
    ids = {str(id) for id in person.ids}
    if any(one.get("id") in ids or (one["kind"], one["external_id"]) in external_ids for one in row["outcome"]):
        return True
    wait_keys = {f"{what}{kind} {id}" for what in ("", "opening ", "telling ") for kind, id in external_ids}
    if row["waits_for"] in wait_keys or _further_wait_keys(work, row) & wait_keys:
        return True
    if row["sealed"] is None:
        return False
    try:
        text = _text(work.seal.open(work.agency_id, row["sealed"]))
    except Problem:  # sealed under a key that was removed: unreadable
        return False
    if row["state"] == "applied":
        return person.is_addressed_in(text)
    if records := _records(work, link, row):
        emails = {record.email.casefold() for record in records if isinstance(record, Candidate) and record.email}
        return bool(emails & person.emails) or any(mentioned_entities(record) & external_ids for record in records)
    return row["state"] != "waiting" and person.is_named_in(text)


def _further_wait_keys(work: UnitOfWork, row: sa.RowMapping) -> set[str]:
    columns = wait_key.c
    scope = (columns.agency_id == work.agency_id, columns.inbound_event_id == row["id"])
    return set(work.conn.scalars(sa.select(columns.waits_for).where(*scope)))


def _records(work: UnitOfWork, link: LoadedConnection, row: sa.RowMapping) -> Sequence[AnyRecord] | None:
    """Return the records into which the CRM's connector translates an inbound event.

    Return None if the translation fails, or needs a request to the CRM's API.
    """
    try:
        translated = link.connector.translate(read_event(row, link, work.seal), link.account)
        if not isinstance(translated, Generator):
            return translated.records
        try:
            next(translated)
        except StopIteration as end:
            translation: Translation = end.value
            return translation.records
        translated.close()
    except Exception:  # an event that cannot be translated is not kept for that
        return None
    return None


def _text(packed: bytes) -> str:
    """Return a stored request body as text in which a name can be found: escapes of JSON and of forms are decoded."""
    raw = packed.decode("utf-8", "replace")
    return "\n".join((raw, unquote_plus(raw), *_unescaped(raw, raw.partition("\n")[2])))


def _unescaped(*texts: str) -> Iterable[str]:
    for text in texts:
        try:
            yield json.dumps(json.loads(text), ensure_ascii=False)
        except (ValueError, RecursionError):
            continue


def _redact(work: UnitOfWork, rows: Sequence[sa.RowMapping]) -> None:
    for row in rows:
        values: dict[str, Any] = {
            "sealed": None,
            "reason": CANDIDATE_ERASED,
            "outcome": [{name: one[name] for name in one if name != "reason"} for one in row["outcome"]],
            "waits_for": None,
            "due_at": None,
            "claim": None,
            "attempts": 0,
            "state": "applied" if row["state"] == "applied" else "ignored",
            "settled_at": row["settled_at"] or work.now,
        }
        matches = (inbound_event.c.agency_id == work.agency_id, inbound_event.c.id == row["id"])
        work.conn.execute(sa.update(inbound_event).where(*matches).values(**values))
        for table in (unmapped, wait_key):
            scope = sa.and_(table.c.agency_id == work.agency_id, table.c.inbound_event_id == row["id"])
            work.conn.execute(sa.delete(table).where(scope))
