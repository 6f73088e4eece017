"""The timeline of a job: the latest valid statement about when the client will decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.rules.history import CANDIDATE, Revision, statement_order


def current_timeline(
    revisions: Sequence[Revision],
    at: datetime,
    interviewed_on: date | None,
    reopened_at: datetime | None,
    today: date,
) -> Revision | None:
    """Return the statement in force at an instant, or None without one. `revisions` are sorted by `statement_order`.

    Only statements with a date count. The latest from the client or a recruiter takes precedence over the latest from a
    candidate. A statement is not in force if its dates are before `interviewed_on`, or if it was made before
    `reopened_at`. Nor is it in force once its dates have passed, if the client or a recruiter has since named no date.
    """
    latest = latest_of_candidate = undated = None
    for revision in revisions:
        if revision.stated_at > at:
            break
        if revision.date_named is None:
            if revision.stated_by != CANDIDATE:
                undated = revision
        elif revision.stated_by == CANDIDATE:
            latest_of_candidate = revision
        else:
            latest = revision
    for found in (latest, latest_of_candidate):
        if found is None or found.date_named is None:
            continue
        if interviewed_on is not None and found.date_named < interviewed_on:
            continue
        if reopened_at is not None and found.stated_at < reopened_at:
            continue
        if found.date_named < today and undated is not None and statement_order(undated) > statement_order(found):
            continue
        return found
    return None


def outdated_when_passed(revisions: Sequence[Revision], found: Revision, at: datetime) -> bool:
    """Return True if the statement ceases to be in force once its date has passed.

    This is so if the client or a recruiter has made a later statement without a date.
    """
    return any(
        x.stated_at <= at
        and x.date_named is None
        and x.stated_by != CANDIDATE
        and statement_order(x) > statement_order(found)
        for x in revisions
    )


def latest_statement(revisions: Sequence[Revision], since: datetime, until: datetime) -> Revision | None:
    """Return the latest statement about the client's decision date, if it was made between two instants, else None.

    Statements that name no date count, too.
    """
    for revision in reversed(revisions):
        if revision.stated_at <= until:
            return revision if revision.stated_at >= since else None
    return None
