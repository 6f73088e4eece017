"""Whom an erasure is about: every record of the person, what is theirs, and how texts can be told to speak of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.applications.models import application, check, interaction, interview, milestone
from app.candidates.models import candidate
from app.connectors.models import connection, external_entity
from app.connectors.records import Kind
from app.kit.dialects import alone, locked
from app.kit.errors import not_found

Thing = tuple[str, Kind, str]
"""A system, a kind of thing, and what the system calls the one that is meant."""
_THEIRS: Sequence[tuple[Kind, sa.Table]] = (
    ("interview", interview),
    ("activity", interaction),
    ("check", check),
    ("milestone", milestone),
)
_WORD = re.compile(r"\w+")
_EMAIL = re.compile(r"[\w.+%'-]+@[\w.-]+")
_PHONE = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
_LEAST_DIGITS, _TELLING_DIGITS = 7, 9
"""A number is written with and without its country's code: its last digits say whose it is."""


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-_TELLING_DIGITS:]


@dataclass(frozen=True, slots=True)
class Person:
    """One person: the records of them that are not erased yet, and what hangs on these."""

    candidate_ids: Sequence[UUID]
    application_ids: Sequence[UUID]
    job_ids: Sequence[UUID]
    ids: frozenset[UUID]
    """Everything of theirs that a CRM may have told: themselves, their applications, interviews and interactions."""
    things: frozenset[Thing]
    """What other systems call these, and any candidate who was merged with them."""
    names: Sequence[frozenset[str]]
    """The words of their names, where there are two or more: a single one may be a word of any text."""
    emails: frozenset[str]
    """In small letters."""
    phones: frozenset[str]
    """Their last digits; what has too few of them is no number."""

    def is_addressed_in(self, text: str) -> bool:
        """Whether a text holds an email address or a telephone number of theirs, as a whole."""
        emails = {found.rstrip(".") for found in _EMAIL.findall(text.casefold())}
        return bool(emails & self.emails or {_digits(found) for found in _PHONE.findall(text)} & self.phones)

    def is_named_in(self, text: str) -> bool:
        """The same, or every word of their name, in any order: CRMs write first and last names apart."""
        words = set(_WORD.findall(text.casefold()))
        return any(name <= words for name in self.names) or self.is_addressed_in(text)


def find_person(work: Work, candidate_id: UUID, *, lock: bool) -> Person:
    """The person behind a candidate; `lock`: every row of theirs held against writers and against new applications.

    A CRM may have said that two candidates are one: both are this person. 404 for nobody.
    """
    columns = candidate.c
    mine = columns.agency_id == work.agency_id
    named = work.conn.execute(sa.select(candidate).where(mine, columns.id == candidate_id)).mappings().one_or_none()
    if named is None:
        raise not_found("candidate")
    system, merged = named["external_system"], _merged_with(work, named["external_system"], named["external_id"])
    while True:
        same = [columns.id == candidate_id, sa.and_(columns.external_system == system, columns.external_id.in_(merged))]
        found = sa.select(candidate).where(mine, sa.or_(*same)).order_by(columns.id)
        rows = work.conn.execute(alone(found) if lock else found).mappings().all()
        # Whoever held one of them may have told that they are merged with another.
        before, merged = merged, _merged_with(work, system, named["external_id"])
        if merged == before:
            break
    people = [row for row in rows if row["erased_at"] is None]
    ids = [row["id"] for row in people]
    theirs = sa.and_(application.c.agency_id == work.agency_id, application.c.candidate_id.in_(ids))
    at = sa.select(application).where(theirs).order_by(application.c.id)
    applications = work.conn.execute(locked(at) if lock else at).mappings().all()
    told: list[tuple[Kind, sa.RowMapping]] = [("candidate", row) for row in people]
    told += [("application", row) for row in applications]
    told += _facts(work, [row["id"] for row in applications])
    things: set[Thing] = {(row["external_system"], kind, row["external_id"]) for kind, row in told}
    return Person(
        candidate_ids=ids,
        application_ids=[row["id"] for row in applications],
        job_ids=sorted({row["job_id"] for row in applications}),
        ids=frozenset(row["id"] for _, row in told),
        things=frozenset(thing for thing in things | {(system, "candidate", id) for id in merged} if thing[0]),
        names=[words for row in people if len(words := frozenset(_WORD.findall(row["name"].casefold()))) > 1],
        emails=frozenset(row["email"].casefold() for row in people if row["email"]),
        phones=frozenset(digits for row in people if len(digits := _digits(row["phone"] or "")) >= _LEAST_DIGITS),
    )


def _merged_with(work: Work, system: str | None, id: str | None) -> set[str]:
    """What a system calls the records of this person, as far as it said that they were merged."""
    if system is None or id is None:
        return set()
    columns = external_entity.c
    by_system = sa.and_(connection.c.agency_id == columns.agency_id, connection.c.id == columns.connection_id)
    pairs = work.conn.execute(
        sa.select(columns.external_id, columns.merged_into)
        .join(connection, by_system)
        .where(
            columns.agency_id == work.agency_id,
            columns.kind == "candidate",
            columns.merged_into.is_not(None),
            connection.c.ref_system == system,
        )
    ).all()
    same, before = {id}, 0
    while len(same) > before:
        before = len(same)
        same |= {one for pair in pairs for one in pair if same & set(pair)}
    return same


def _facts(work: Work, application_ids: Sequence[UUID]) -> Iterable[tuple[Kind, sa.RowMapping]]:
    for kind, table in _THEIRS:
        columns = table.c
        found = sa.select(columns.id, columns.external_system, columns.external_id)
        of = (columns.agency_id == work.agency_id, columns.application_id.in_(application_ids))
        yield from ((kind, row) for row in work.conn.execute(found.where(*of)).mappings())
