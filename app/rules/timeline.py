"""What the client said about when it will decide: the timeline that holds at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.rules.history import CANDIDATE, Revision


def current_timeline(revisions: Sequence[Revision], at: datetime, interviewed_on: date | None) -> Revision | None:
    """The revision that holds at an instant, out of revisions in order of statement and telling.

    The latest dated word of the client's or a recruiter's holds, else the latest of a candidate's; neither when all its
    dates are before `interviewed_on`, the client's date of the last interview's end: a further interview outdated it.
    """
    latest = latest_of_candidate = None
    for revision in revisions:
        if revision.stated_at > at:
            break
        if revision.date_named is None:
            continue
        if revision.stated_by == CANDIDATE:
            latest_of_candidate = revision
        else:
            latest = revision
    for found in (latest, latest_of_candidate):
        if found is not None and not _is_stale(found, interviewed_on):
            return found
    return None


def latest_statement(revisions: Sequence[Revision], since: datetime, until: datetime) -> Revision | None:
    """The latest thing said about the decision in a stretch of time, dated or not."""
    for revision in reversed(revisions):
        if revision.stated_at <= until:
            return revision if revision.stated_at >= since else None
    return None


def _is_stale(revision: Revision, interviewed_on: date | None) -> bool:
    return interviewed_on is not None and revision.date_named is not None and revision.date_named < interviewed_on
