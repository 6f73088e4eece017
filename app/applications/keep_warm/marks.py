"""Use cases of keep-warm marks: mark an ended application, change, void, read."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import agency
from app.access.queries import get_agency
from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.applications.facts.fact_operations import (
    add_fact,
    existing_or_new,
    find_by_ref,
    find_fact,
    refuse_removal,
    refuse_voided,
    upsert_fact,
    void_fact,
)
from app.applications.facts.schemas import VoidIn
from app.applications.keep_warm.active_marks import active_mark_conditions_on
from app.applications.keep_warm.schemas import KeepWarmMarkChange, KeepWarmMarkIn, KeepWarmMarkOut, KeepWarmMarkPut
from app.applications.models import application, keep_warm_mark
from app.applications.queries import get_application, lock_application
from app.applications.reassess import reassess
from app.applications.schemas import ApplicationOut
from app.candidates.erased import candidate_erased
from app.candidates.models import candidate
from app.kit.damaged_rows import raise_if_damaged
from app.kit.db import update_row
from app.kit.dialects import lock_for_update
from app.kit.errors import conflict, invalid, not_found
from app.kit.external_refs import ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging
from app.rules.calendar import Calendar, calendar
from app.rules.stages import ENDED

MAX_DAYS = 730
"""The maximum number of days from a mark's `at` to its `until`, counted in the agency's time zone."""
_USUAL_DAYS = 365
_WHAT = "keep-warm mark"
_KIND = "keep_warm_mark"


def mark_keep_warm(work: UnitOfWork, application_id: UUID, body: KeepWarmMarkIn) -> KeepWarmMarkOut:
    """Mark an ended application to stay in touch with its candidate. Reassesses the application.

    Raises 409 if the application has not ended, or if the candidate has an active mark already.
    """
    at = _lock(work, application_id)
    row = _checked(work, {**ref_to_columns(body.model_dump()), "ended_at": None})
    _refuse_new(work, at, row)
    return _reassessed(work, add_fact(work, keep_warm_mark, _KIND, at.id, row))


def put_keep_warm_mark(work: UnitOfWork, ref: ExternalRef, body: KeepWarmMarkPut) -> tuple[KeepWarmMarkOut, bool]:
    """Create or update a keep-warm mark by its id in another system.

    Return the pair of the mark and True if the mark is new, else False.
    """
    at = _lock(work, body.application_id)
    known, values = existing_or_new(work, keep_warm_mark, _WHAT, ref, body, KeepWarmMarkOut)
    if known is not None:
        refuse_voided(known, _WHAT)
    row = _checked(work, values)
    if known is None:
        _refuse_new(work, at, row)
    else:
        _refuse_second(work, at, row, known)
    kept, created = upsert_fact(work, keep_warm_mark, _KIND, at.id, known, row)
    return _reassessed(work, kept), created


def change_keep_warm_mark(work: UnitOfWork, id: UUID, body: KeepWarmMarkChange) -> KeepWarmMarkOut:
    """End a keep-warm mark, make it active again, or change its `until` or note. Reassesses its application."""
    at = _lock(work, find_fact(work, keep_warm_mark, _WHAT, id)["application_id"])
    known = find_fact(work, keep_warm_mark, _WHAT, id)
    work.expect(row_to_model(KeepWarmMarkOut, known))
    refuse_voided(known, _WHAT)
    values = ref_to_columns(named_fields(body))
    refuse_removal(values, "until")
    _refuse_second(work, at, _checked(work, {**known, **values}), known)
    return _reassessed(work, update_row(work.conn, keep_warm_mark, work.agency_id, id, values) if values else known)


def void_keep_warm_mark(work: UnitOfWork, id: UUID, body: VoidIn) -> KeepWarmMarkOut:
    """Void a keep-warm mark that was recorded wrongly, and reassess its application."""
    return row_to_model(KeepWarmMarkOut, void_fact(work, keep_warm_mark, _WHAT, id, body.reason, KeepWarmMarkOut))


def get_keep_warm_mark(work: UnitOfWork, id: UUID) -> KeepWarmMarkOut:
    """Return one keep-warm mark of the caller's agency. Raises 404 if there is none."""
    return row_to_model(KeepWarmMarkOut, find_fact(work, keep_warm_mark, _WHAT, id))


def get_keep_warm_mark_by_ref(work: UnitOfWork, ref: ExternalRef) -> KeepWarmMarkOut:
    """Return the keep-warm mark that has the id `ref` in another system. Raises 404 if there is none."""
    row = find_by_ref(work, keep_warm_mark, ref)
    if row is None:
        raise not_found(_WHAT)
    return row_to_model(KeepWarmMarkOut, row)


def list_keep_warm_marks(work: UnitOfWork, application_id: UUID, paging: Paging) -> Page[KeepWarmMarkOut]:
    """Return a page of the keep-warm marks of an application, ordered by `at`, ended and voided marks included."""
    get_application(work, application_id)
    columns = keep_warm_mark.c
    statement = sa.select(keep_warm_mark).where(
        columns.agency_id == work.agency_id, columns.application_id == application_id
    )
    return paging.page(
        work.conn,
        statement,
        [columns.at, columns.id],
        [datetime.fromisoformat, UUID],
        lambda row: row_to_model(KeepWarmMarkOut, row._mapping),
    )


def agency_days(work: UnitOfWork) -> Calendar:
    """Return the agency's calendar. Its time zone decides on which day a mark's `until` is reached."""
    home = get_agency(work)
    with raise_if_damaged(agency, home.id):
        return calendar(home.time_zone, home.holiday_region)


def _lock(work: UnitOfWork, application_id: UUID) -> ApplicationOut:
    """Lock the candidate, then the application, so that marks of one candidate are written one at a time.

    Return the application. Raises 409 `candidate_erased` for an erased candidate.
    """
    _lock_candidate(work, before := get_application(work, application_id).candidate_id)
    at = lock_application(work, application_id)
    if at.candidate_id != before:  # another transaction reassigned the application
        _lock_candidate(work, at.candidate_id)
    return at


def _lock_candidate(work: UnitOfWork, id: UUID) -> None:
    columns = candidate.c
    theirs = sa.select(columns.erased_at).where(columns.agency_id == work.agency_id, columns.id == id)
    if work.conn.scalar(lock_for_update(theirs)) is not None:
        raise candidate_erased()


def _checked(work: UnitOfWork, row: Mapping[str, Any]) -> dict[str, Any]:
    """Validate the row of a keep-warm mark and return it with defaults for `at` and `until`.

    Raises 422 for impossible times and days.
    """
    at, ended_at = row["at"] or work.now, row["ended_at"]
    work.happened("/at", at)
    work.happened("/ended_at", ended_at)
    if ended_at is not None and ended_at < at:
        raise invalid("/ended_at", "`ended_at` must not be before `at`.")
    marked_on = agency_days(work).day(at)
    until = row["until"] or marked_on + timedelta(days=_USUAL_DAYS)
    if until <= marked_on:
        raise invalid("/until", "`until` must be after the day of `at`.")
    if until > marked_on + timedelta(days=MAX_DAYS):
        raise invalid("/until", f"`until` must be at most {MAX_DAYS} days after the day of `at`.")
    return {**row, "at": at, "until": until}


def _refuse_new(work: UnitOfWork, at: ApplicationOut, row: Mapping[str, Any]) -> None:
    if at.stage not in ENDED:
        raise conflict(
            "application_not_ended",
            "Only an application that has ended can be kept warm. Move it to an ended stage first.",
            stage=at.stage,
        )
    _refuse_second(work, at, row, None)


def _refuse_second(
    work: UnitOfWork, at: ApplicationOut, row: Mapping[Any, Any], known: Mapping[Any, Any] | None
) -> None:
    """Raise 409 if a mark would become active while its candidate has another active mark.

    `row` is the mark to store, and `known` the mark as stored before, or None for a new mark.
    """
    today = agency_days(work).day(work.now)
    if not _is_active(row, today) or (known is not None and _is_active(known, today)):
        return
    other = _active_mark(work, at.candidate_id, today)
    if other is not None and (known is None or other["id"] != known["id"]):
        raise conflict(
            "already_kept_warm",
            "This candidate is kept warm already. Change that mark, or end it first.",
            keep_warm_mark_id=str(other["id"]),
            application_id=str(other["application_id"]),
        )


def _is_active(row: Mapping[Any, Any], today: date) -> bool:
    return row["ended_at"] is None and bool(row["until"] > today)


def _active_mark(work: UnitOfWork, candidate_id: UUID, today: date) -> sa.RowMapping | None:
    theirs = (application.c.agency_id == work.agency_id, application.c.candidate_id == candidate_id)
    found = (
        sa.select(keep_warm_mark)
        .where(*theirs, *active_mark_conditions_on(today))
        .order_by(keep_warm_mark.c.at.desc())
        .limit(1)
    )
    return work.conn.execute(found).mappings().one_or_none()


def _reassessed(work: UnitOfWork, row: sa.RowMapping) -> KeepWarmMarkOut:
    reassess(work, [row["application_id"]])
    return row_to_model(KeepWarmMarkOut, row)
