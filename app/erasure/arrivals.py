"""Erasing what CRMs sent of a person: the bodies that were kept for replaying, and what was remembered of them.

An event that was applied says in its outcome of whom it told. One that waits, was ignored or parked may still be
applied: it is translated here to see whom it means, so that somebody else of the same name loses nothing. Where that
takes a question to the CRM, or brings nothing, the text of what is settled decides; what waits stays, and is left out
as it is applied, as is all that comes later.

To open every body that an agency keeps takes long: it is done in short readings beforehand, which hold up nobody, and
the erasure itself looks only at what these found and at what came since.
"""

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import sqlalchemy as sa

from app.access.work import AHEAD, Work
from app.connectors.connection import LoadedConnection, from_row
from app.connectors.connector import Account, Translation
from app.connectors.inbox.apply import read_event
from app.connectors.ingest.erased import CANDIDATE_ERASED, mentioned_entities
from app.connectors.models import connection, external_entity, further_wait, inbound_event, unmapped
from app.connectors.records import AnyRecord, Candidate, Kind
from app.erasure.person import Person, find_person
from app.kit.errors import Problem

_STEP = 500
_BEGIN = UUID(int=0)
_Named = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Look:
    """How far a look through what is kept has come, and whom it is for."""

    person: Person
    began_at: datetime
    connection_ids: Sequence[UUID]
    """Those still to look through; the first is being looked through."""
    after: UUID = _BEGIN


@dataclass(frozen=True, slots=True)
class Found:
    """Events that tell of a person, as one reading of a connection's found them, and by what it knew them: the person,
    what the CRM calls what is theirs, and how its events are read."""

    began_at: datetime
    connection_id: UUID
    by: tuple[Person, frozenset[_Named], Mapping[str, Any]]
    ids: Sequence[UUID]


def look_through(work: Work, look: Look | None, candidate_id: UUID) -> tuple[Found | None, Look | None]:
    """One reading of what is kept, and where the next goes on; None: that was all. 404 for nobody."""
    if look is None:
        look = Look(find_person(work, candidate_id, lock=False), work.now, _connections(work))
    if not look.person.candidate_ids or not look.connection_ids:
        return None, None
    id, *others = look.connection_ids
    further = Look(look.person, look.began_at, others)
    link = _linked(work, id)
    if link is None:
        return None, further
    known, rows = _things(work, look.person, link), _some(work, id, look.after, None)
    telling = [row["id"] for row in rows if _tells(work, link, row, look.person, known)]
    found = Found(look.began_at, id, (look.person, known, link.account.settings), telling)
    return found, further if not rows else Look(look.person, look.began_at, look.connection_ids, rows[-1]["id"])


def erase_arrivals(work: Work, person: Person, found: Sequence[Found]) -> None:
    """Drop every kept body that tells of the person, with the words about it; the keys stay, against telling twice.

    `found` is what was found beforehand: it is judged again, with what came since. Where nothing was looked for, or the
    person is known by other things now than then, all is looked through here.
    """
    for id in _connections(work):
        link = _linked(work, id)
        if link is None:
            continue
        known = _things(work, person, link)
        _erase_what_was_said(work, link, known)
        here = [one for one in found if one.connection_id == id]
        if any(one.by != (person, known, link.account.settings) for one in here):
            here = []
        named = sorted(found_id for one in here for found_id in one.ids)
        for start in range(0, len(named), _STEP):
            rows = _named(work, named[start : start + _STEP])
            _drop(work, [row for row in rows if _tells(work, link, row, person, known)])
        since, after = here[0].began_at - AHEAD if here else None, _BEGIN
        while rows := _some(work, id, after, since):
            _drop(work, [row for row in rows if _tells(work, link, row, person, known)])
            after = rows[-1]["id"]


def _connections(work: Work) -> Sequence[UUID]:
    mine = connection.c.agency_id == work.agency_id
    return work.conn.scalars(sa.select(connection.c.id).where(mine).order_by(connection.c.id)).all()


def _linked(work: Work, id: UUID) -> LoadedConnection | None:
    """A connection without what it signs in with: nothing is asked here, and that may be sealed under another key.
    None where it was removed meanwhile, and what it sent with it."""
    mine = sa.and_(connection.c.agency_id == work.agency_id, connection.c.id == id)
    row = work.conn.execute(sa.select(connection).where(mine)).mappings().one_or_none()
    return from_row(row, Account(row["settings"], {}, {})) if row is not None else None


def _things(work: Work, person: Person, link: LoadedConnection) -> frozenset[_Named]:
    """What this CRM calls the person's things, those too that were never opened here."""
    things: frozenset[_Named] = frozenset((kind, id) for system, kind, id in person.things if system == link.ref_system)
    columns = external_entity.c
    candidates = [id for kind, id in things if kind == "candidate"]
    mine = (columns.agency_id == work.agency_id, columns.connection_id == link.id, columns.kind == "application")
    theirs = columns.detail["candidate_id"].as_string().in_(candidates)
    return things | {
        ("application", id) for id in work.conn.scalars(sa.select(columns.external_id).where(*mine, theirs))
    }


def _erase_what_was_said(work: Work, link: LoadedConnection, things: frozenset[_Named]) -> None:
    """What this CRM last said of their applications goes; whose they are stays, so that what names nothing but an
    application is recognised."""
    columns = external_entity.c
    ids = [id for kind, id in things if kind == "application"]
    mine = (columns.agency_id == work.agency_id, columns.connection_id == link.id, columns.kind == "application")
    said = sa.select(columns.external_id, columns.detail).where(*mine, columns.external_id.in_(ids))
    for id, detail in work.conn.execute(said.where(columns.detail.is_not(None))).all():
        shell = {**detail, "recruiter_email": None, "status": None}
        work.conn.execute(sa.update(external_entity).where(*mine, columns.external_id == id).values(detail=shell))


def _some(work: Work, connection_id: UUID, after: UUID, since: datetime | None) -> Sequence[sa.RowMapping]:
    """Some of the events of which more is kept than their key; `since`: only those that came or were settled since."""
    columns = inbound_event.c
    words = sa.or_(columns.sealed.is_not(None), columns.reason.is_not(None), columns.waits_for.is_not(None))
    mine = [columns.agency_id == work.agency_id, columns.connection_id == connection_id, words]
    if since is not None:
        mine.append(sa.or_(columns.arrived_at >= since, columns.settled_at >= since))
    some = sa.select(inbound_event).where(*mine, columns.id > after).order_by(columns.id).limit(_STEP)
    return work.conn.execute(some).mappings().all()


def _named(work: Work, ids: Sequence[UUID]) -> Sequence[sa.RowMapping]:
    mine = (inbound_event.c.agency_id == work.agency_id, inbound_event.c.id.in_(ids))
    return work.conn.execute(sa.select(inbound_event).where(*mine).order_by(inbound_event.c.id)).mappings().all()


def _tells(work: Work, link: LoadedConnection, row: sa.RowMapping, person: Person, known: frozenset[_Named]) -> bool:
    ids = {str(id) for id in person.ids}
    if any(told.get("id") in ids or (told["kind"], told["external_id"]) in known for told in row["outcome"]):
        return True
    words = {f"{what}{kind} {id}" for what in ("", "opening ", "telling ") for kind, id in known}
    if row["waits_for"] in words or _further_waits(work, row) & words:
        return True
    if row["sealed"] is None:
        return False
    try:
        text = _text(work.seal.open(work.agency_id, row["sealed"]))
    except Problem:  # sealed under a key that is no more: nobody will read it
        return False
    if row["state"] == "applied":
        return person.is_addressed_in(text)
    if records := _records(work, link, row):
        told = {record.email.casefold() for record in records if isinstance(record, Candidate) and record.email}
        return bool(told & person.emails) or any(mentioned_entities(record) & known for record in records)
    return row["state"] != "waiting" and person.is_named_in(text)


def _further_waits(work: Work, row: sa.RowMapping) -> set[str]:
    columns = further_wait.c
    mine = (columns.agency_id == work.agency_id, columns.arrival_id == row["id"])
    return set(work.conn.scalars(sa.select(columns.waits_for).where(*mine)))


def _records(work: Work, link: LoadedConnection, row: sa.RowMapping) -> Sequence[AnyRecord] | None:
    """What an event says; None where that cannot be told without asking the CRM, or at all."""
    try:
        says = link.connector.translate(read_event(row, link, work.seal), link.account)
        if not isinstance(says, Generator):
            return says.records
        try:
            next(says)
        except StopIteration as end:
            told: Translation = end.value
            return told.records
        says.close()
    except Exception:  # whatever an event fails of when it is applied, it is no reason to keep it here
        return None
    return None


def _text(packed: bytes) -> str:
    """A kept body as a reader sees it, whatever it is written in: escapes of JSON and of forms are taken away."""
    raw = packed.decode("utf-8", "replace")
    return "\n".join((raw, unquote_plus(raw), *_unescaped(raw, raw.partition("\n")[2])))


def _unescaped(*texts: str) -> Iterable[str]:
    for text in texts:
        try:
            yield json.dumps(json.loads(text), ensure_ascii=False)
        except (ValueError, RecursionError):
            continue


def _drop(work: Work, rows: Sequence[sa.RowMapping]) -> None:
    for row in rows:
        values: dict[str, Any] = {
            "sealed": None,
            "reason": CANDIDATE_ERASED,
            "outcome": [{name: told[name] for name in told if name != "reason"} for told in row["outcome"]],
            "waits_for": None,
            "due_at": None,
            "claim": None,
            "attempts": 0,
            "state": "applied" if row["state"] == "applied" else "ignored",
            "settled_at": row["settled_at"] or work.now,
        }
        this = (inbound_event.c.agency_id == work.agency_id, inbound_event.c.id == row["id"])
        work.conn.execute(sa.update(inbound_event).where(*this).values(**values))
        for beside in (unmapped, further_wait):
            mine = sa.and_(beside.c.agency_id == work.agency_id, beside.c.arrival_id == row["id"])
            work.conn.execute(sa.delete(beside).where(mine))
