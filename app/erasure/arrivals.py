"""Erasing what CRMs sent of a person: the bodies that were kept for replaying, and what was remembered of them.

An event that was applied says in its outcome of whom it told. One that waits, was ignored or parked may still be
applied: it is translated here to see whom it means, so that somebody else of the same name loses nothing. Where that
takes a question to the CRM, or brings nothing, the text of what is settled decides; what waits stays, and is left out
as it is applied, as is all that comes later.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.connector import Account, Translation
from app.connectors.inbox.applying import event_of
from app.connectors.keeping.erased import TOLD, mentioned
from app.connectors.linked import Linked, linked
from app.connectors.models import arrival, connection, known_thing, unmapped
from app.connectors.records import AnyRecord, Candidate, Kind
from app.erasure.person import Person
from app.kit.errors import Problem

_STEP = 500
_Named = tuple[Kind, str]


def erase_arrivals(work: Work, person: Person) -> None:
    """Drop every kept body that tells of the person, with the words about it; the keys stay, against telling twice."""
    connections = sa.select(connection.c.id).where(connection.c.agency_id == work.agency_id)
    for id in work.conn.scalars(connections.order_by(connection.c.id)).all():
        link = _linked(work, id)
        known = _erase_what_is_known(work, person, link)
        for rows in _kept(work, id):
            _drop(work, [row for row in rows if _tells(work, link, row, person, known)])


def _linked(work: Work, id: UUID) -> Linked:
    """A connection without what it signs in with: nothing is asked here, and that may be sealed under another key."""
    mine = sa.and_(connection.c.agency_id == work.agency_id, connection.c.id == id)
    row = work.conn.execute(sa.select(connection).where(mine)).mappings().one()
    return linked(row, Account(row["settings"], {}, {}))


def _erase_what_is_known(work: Work, person: Person, link: Linked) -> set[_Named]:
    """What this CRM calls the person's things. What it last said of their applications goes; whose they are stays, so
    that what names nothing but an application is recognised."""
    things: set[_Named] = {(kind, id) for system, kind, id in person.things if system == link.ref_system}
    columns = known_thing.c
    candidates = [id for kind, id in things if kind == "candidate"]
    applications = [id for kind, id in things if kind == "application"]
    mine = (columns.agency_id == work.agency_id, columns.connection_id == link.id, columns.kind == "application")
    theirs = sa.or_(columns.detail["candidate_id"].as_string().in_(candidates), columns.external_id.in_(applications))
    for row in work.conn.execute(sa.select(columns.external_id, columns.detail).where(*mine, theirs)).all():
        things.add(("application", row.external_id))
        if row.detail is not None:
            shell = {**row.detail, "recruiter_email": None, "status": None}
            this = sa.and_(*mine, columns.external_id == row.external_id)
            work.conn.execute(sa.update(known_thing).where(this).values(detail=shell))
    return things


def _kept(work: Work, connection_id: UUID) -> Iterator[Sequence[sa.RowMapping]]:
    """The events of which more is kept than their key, some at a time."""
    columns, after = arrival.c, UUID(int=0)
    words = sa.or_(columns.sealed.is_not(None), columns.reason.is_not(None), columns.waits_for.is_not(None))
    mine = (columns.agency_id == work.agency_id, columns.connection_id == connection_id, words)
    while True:
        some = sa.select(arrival).where(*mine, columns.id > after).order_by(columns.id).limit(_STEP)
        rows = work.conn.execute(some).mappings().all()
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]


def _tells(work: Work, link: Linked, row: sa.RowMapping, person: Person, known: set[_Named]) -> bool:
    ids = {str(id) for id in person.ids}
    if any(told.get("id") in ids or (told["kind"], told["external_id"]) in known for told in row["outcome"]):
        return True
    if row["waits_for"] in {f"{what}{kind} {id}" for what in ("", "opening ", "telling ") for kind, id in known}:
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
        return bool(told & person.emails) or any(mentioned(record) & known for record in records)
    return row["state"] != "waiting" and person.is_named_in(text)


def _records(work: Work, link: Linked, row: sa.RowMapping) -> Sequence[AnyRecord] | None:
    """What an event says; None where that cannot be told without asking the CRM, or at all."""
    try:
        says = link.connector.translate(event_of(row, link, work.seal), link.account)
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
            "reason": TOLD,
            "outcome": [{name: told[name] for name in told if name != "reason"} for told in row["outcome"]],
            "waits_for": None,
            "due_at": None,
            "claim": None,
            "attempts": 0,
            "state": "applied" if row["state"] == "applied" else "ignored",
            "settled_at": row["settled_at"] or work.now,
        }
        this = (arrival.c.agency_id == work.agency_id, arrival.c.id == row["id"])
        work.conn.execute(sa.update(arrival).where(*this).values(**values))
        words = sa.and_(unmapped.c.agency_id == work.agency_id, unmapped.c.arrival_id == row["id"])
        work.conn.execute(sa.delete(unmapped).where(words))
