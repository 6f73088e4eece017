"""What the client said about when it will decide: the timeline that holds at an instant."""

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
    """Return the revision that holds at an instant, out of revisions in order of statement and telling.

    The latest dated one of the client's or a recruiter's holds, else the latest of a candidate's; neither when it is
    stale: its dates are before `interviewed_on`, it was stated before `reopened_at`, or its dates are before `today`
    and a later statement of the client's or a recruiter's names no date. Dates are the client's.
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
    """Return whether a later statement without a date, of the client's or a recruiter's, ends it with its date."""
    return any(
        x.stated_at <= at
        and x.date_named is None
        and x.stated_by != CANDIDATE
        and statement_order(x) > statement_order(found)
        for x in revisions
    )


def latest_statement(revisions: Sequence[Revision], since: datetime, until: datetime) -> Revision | None:
    """The latest thing said about the decision in a stretch of time, dated or not."""
    for revision in reversed(revisions):
        if revision.stated_at <= until:
            return revision if revision.stated_at >= since else None
    return None
