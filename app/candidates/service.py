"""Use cases of candidates: create, update, and upsert by external reference."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.reassessment_requests import request_reassessment
from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.access.upsert_by_ref import upsert_by_ref
from app.candidates import queries
from app.candidates.erased import candidate_erased
from app.candidates.models import candidate
from app.candidates.schemas import CandidateChange, CandidateIn, CandidateOut
from app.kit.db import insert_row, update_row
from app.kit.external_refs import body_with_path_ref, ref_to_columns
from app.kit.field_types import ExternalRef
from app.kit.search import index_name

_ASSESSED = {"time_zone", "holiday_region", "away"}
"""The fields of a candidate that the rules read: a change of these causes a reassessment."""


def add_candidate(work: UnitOfWork, body: CandidateIn) -> CandidateOut:
    """Create a candidate, and index the name for search."""
    return _recorded(work, insert_row(work.conn, candidate, _new_candidate(work, body.model_dump())))


def change_candidate(work: UnitOfWork, candidate_id: UUID, body: CandidateChange) -> CandidateOut:
    """Change a candidate.

    A new time zone, holiday region or absence requests a reassessment of the candidate's applications. Raises 404 if
    there is none, and 409 if the candidate was erased.
    """
    return _change_candidate(work, queries.get_candidate(work, candidate_id, lock=True), named_fields(body))


def put_candidate(work: UnitOfWork, ref: ExternalRef, body: CandidateIn) -> tuple[CandidateOut, bool]:
    """Create or update a candidate by the candidate's id in another system.

    Return the pair of the candidate and True if the candidate is new, else False.
    """
    values = body_with_path_ref(ref, body)
    return upsert_by_ref(
        work,
        candidate,
        find=lambda: queries.find_candidate_by_ref(work, ref, lock=True),
        new=lambda: _new_candidate(work, values),
        show=lambda row: _recorded(work, row),
        change=lambda current: _change_candidate(
            work, current, named_fields(body) | {"external_ref": ref.model_dump()}
        ),
    )


def _new_candidate(work: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    return _columns({"away": None, **values}) | {
        "agency_id": work.agency_id,
        "id": work.new_id("candidate"),
        "created_at": work.now,
    }


def _recorded(work: UnitOfWork, row: sa.RowMapping) -> CandidateOut:
    index_name(work.conn, candidate, work.agency_id, row["id"], row["name"])
    return queries.show_candidate(row)


def _change_candidate(work: UnitOfWork, current: CandidateOut, changes: Mapping[str, Any]) -> CandidateOut:
    work.expect(current)
    if current.erased_at is not None:
        raise candidate_erased()
    before = _columns(current.model_dump())
    values = {name: value for name, value in _columns(changes).items() if value != before[name]}
    if not values:
        return current
    row = update_row(work.conn, candidate, work.agency_id, current.id, values)
    if "name" in values:
        index_name(work.conn, candidate, work.agency_id, current.id, row["name"])
    if values.keys() & _ASSESSED:
        request_reassessment(work, "candidate", current.id)
    return queries.show_candidate(row)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the values of a request body to column values. The dates of `away` become ISO text, for a JSON column."""
    row = ref_to_columns(values)
    if "away" in row:
        row["away"] = [{end: day.isoformat() for end, day in period.items()} for period in row["away"] or ()]
    return row
