"""The person whom an erasure is about: the person's records, and identifiers by which texts about them are found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.models import application, check, interaction, interview, milestone
from app.candidates.models import candidate
from app.connectors.canonical_records import Kind
from app.connectors.models import connection, external_entity
from app.kit.dialects import lock_exclusively, lock_for_update
from app.kit.errors import not_found

ExternalRecord = tuple[str, Kind, str]
"""A record in another system: the system, the kind of record, and the record's external id."""
_FACT_TABLES: Sequence[tuple[Kind, sa.Table]] = (
    ("interview", interview),
    ("activity", interaction),
    ("check", check),
    ("milestone", milestone),
)
_WORD = re.compile(r"\w+")
_EMAIL = re.compile(r"[\w.+%'-]+@[\w.-]+")
_PHONE = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
_MIN_PHONE_DIGITS, _COMPARED_DIGITS = 7, 9
"""The least number of digits of a telephone number, and how many of its last digits are compared. Numbers are written
with and without a country code."""


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-_COMPARED_DIGITS:]


@dataclass(frozen=True, slots=True)
class Person:
    """The person behind a candidate: records not erased yet, and names, email addresses and telephone numbers."""

    candidate_ids: Sequence[UUID]
    application_ids: Sequence[UUID]
    job_ids: Sequence[UUID]
    ids: frozenset[UUID]
    """Keepwarm's ids of all the person's records: candidates, applications, interviews and other facts."""
    external_records: frozenset[ExternalRecord]
    """The external records (system, kind and id) of the person, including all candidates that a CRM has merged."""
    names: Sequence[frozenset[str]]
    """Each name of the person as a set of words. Names of one word are left out, since any text may contain the
    word."""
    emails: frozenset[str]
    """The person's email addresses in lower case."""
    phones: frozenset[str]
    """The last nine digits of the person's telephone numbers. Numbers with less than seven digits are left out."""

    def is_addressed_in(self, text: str) -> bool:
        """Return True if the text contains one of the person's email addresses or telephone numbers."""
        emails = {found.rstrip(".") for found in _EMAIL.findall(text.casefold())}
        return bool(emails & self.emails or {_digits(found) for found in _PHONE.findall(text)} & self.phones)

    def is_named_in(self, text: str) -> bool:
        """Return True if the text has all words of one of the person's names, an email address or a telephone number.

        The words of a name can be in any order.
        """
        words = set(_WORD.findall(text.casefold()))
        return any(name <= words for name in self.names) or self.is_addressed_in(text)


def find_person(work: UnitOfWork, candidate_id: UUID, *, lock: bool) -> Person:
    """Return the person behind a candidate: candidates that a CRM has merged are the same person. Raises 404.

    With `lock`, the rows of the person's candidates and applications are locked, so that no application can be added.
    """
    columns = candidate.c
    in_agency = columns.agency_id == work.agency_id
    requested = (
        work.conn.execute(sa.select(candidate).where(in_agency, columns.id == candidate_id)).mappings().one_or_none()
    )
    if requested is None:
        raise not_found("candidate")
    system, merged = (
        requested["external_system"],
        _merged_ids(work, requested["external_system"], requested["external_id"]),
    )
    while True:
        same = [columns.id == candidate_id, sa.and_(columns.external_system == system, columns.external_id.in_(merged))]
        found = sa.select(candidate).where(in_agency, sa.or_(*same)).order_by(columns.id)
        rows = work.conn.execute(lock_exclusively(found) if lock else found).mappings().all()
        # A transaction that held one of the rows may have recorded another merge.
        before, merged = merged, _merged_ids(work, system, requested["external_id"])
        if merged == before:
            break
    active = [row for row in rows if row["erased_at"] is None]
    ids = [row["id"] for row in active]
    of_person = sa.and_(application.c.agency_id == work.agency_id, application.c.candidate_id.in_(ids))
    select_applications = sa.select(application).where(of_person).order_by(application.c.id)
    applications = (
        work.conn.execute(lock_for_update(select_applications) if lock else select_applications).mappings().all()
    )
    records: list[tuple[Kind, sa.RowMapping]] = [("candidate", row) for row in active]
    records += [("application", row) for row in applications]
    records += _facts(work, [row["id"] for row in applications])
    external_records: set[ExternalRecord] = {
        (row["external_system"], kind, row["external_id"]) for kind, row in records
    }
    return Person(
        candidate_ids=ids,
        application_ids=[row["id"] for row in applications],
        job_ids=sorted({row["job_id"] for row in applications}),
        ids=frozenset(row["id"] for _, row in records),
        external_records=frozenset(
            thing for thing in external_records | {(system, "candidate", id) for id in merged} if thing[0]
        ),
        names=[words for row in active if len(words := frozenset(_WORD.findall(row["name"].casefold()))) > 1],
        emails=frozenset(row["email"].casefold() for row in active if row["email"]),
        phones=frozenset(digits for row in active if len(digits := _digits(row["phone"] or "")) >= _MIN_PHONE_DIGITS),
    )


def _merged_ids(work: UnitOfWork, system: str | None, id: str | None) -> set[str]:
    """Return the external ids of all candidates that the system has merged with this candidate.

    The candidate's own id is included. The set is empty for a candidate without an external id.
    """
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


def _facts(work: UnitOfWork, application_ids: Sequence[UUID]) -> Iterable[tuple[Kind, sa.RowMapping]]:
    for kind, table in _FACT_TABLES:
        columns = table.c
        found = sa.select(columns.id, columns.external_system, columns.external_id)
        of = (columns.agency_id == work.agency_id, columns.application_id.in_(application_ids))
        yield from ((kind, row) for row in work.conn.execute(found.where(*of)).mappings())
