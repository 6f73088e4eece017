"""Queries of candidates, scoped by the caller's agency."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.candidates.models import candidate
from app.candidates.schemas import CandidateOut
from app.kit.dialects import lock_for_update
from app.kit.errors import not_found
from app.kit.external_refs import by_ref, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging
from app.kit.search import search_page


def get_candidate(
    work: UnitOfWork, candidate_id: UUID, *, lock: bool = False, pointer: str | None = None
) -> CandidateOut:
    """Return one candidate of the caller's agency, locked if `lock` is true.

    Raises 404 if there is none; `pointer` is the field of the request body that named the candidate.
    """
    which = sa.select(candidate).where(candidate.c.agency_id == work.agency_id, candidate.c.id == candidate_id)
    row = _one(work, which, lock=lock)
    if row is None:
        raise not_found("candidate", pointer)
    return show_candidate(row)


def find_candidate_by_ref(work: UnitOfWork, ref: ExternalRef, *, lock: bool = False) -> CandidateOut | None:
    """Return the candidate that has the id `ref` in another system, or None. Lock the row if `lock` is true."""
    row = _one(work, by_ref(candidate, work.agency_id, ref), lock=lock)
    return None if row is None else show_candidate(row)


def get_candidate_by_ref(work: UnitOfWork, ref: ExternalRef) -> CandidateOut:
    """Return the candidate that has the id `ref` in another system. Raises 404 if there is none."""
    found = find_candidate_by_ref(work, ref)
    if found is None:
        raise not_found("candidate")
    return found


def list_candidates(work: UnitOfWork, paging: Paging, q: str | None = None) -> Page[CandidateOut]:
    """Return a page of candidates in the order of creation, or of those whose names match `q`."""
    statement = sa.select(candidate).where(candidate.c.agency_id == work.agency_id)
    return search_page(work.conn, paging, statement, candidate, q, lambda row: show_candidate(row._asdict()))


def show_candidate(row: Mapping[Any, Any]) -> CandidateOut:
    """Convert a row of the candidate table to its API schema."""
    return row_to_model(CandidateOut, row)


def _one(work: UnitOfWork, statement: sa.Select[Any], *, lock: bool) -> sa.RowMapping | None:
    return work.conn.execute(lock_for_update(statement) if lock else statement).mappings().one_or_none()
