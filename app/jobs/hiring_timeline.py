"""The hiring timeline of a job: when it will be decided, and by how many business days this was postponed."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from app.jobs.schemas import TimelineEntry, TimelineOut, TimelineRevisionOut
from app.rules.calendar import Calendar

Revisions = Sequence[TimelineRevisionOut]


def timeline(job_id: UUID, revisions: Revisions, client: Calendar, now: datetime) -> TimelineOut:
    """Return the hiring timeline of a job as of `now`; `client` is the organisation's calendar.

    Statements of client and recruiters come before those of candidates, who repeat hearsay. Postponements are compared
    only within each of the two groups. A revision may be stale for one application (rule book, "The current timeline").
    This is not considered here, since it depends on that application's interviews.
    """
    ordered = sorted(revisions, key=lambda revision: (revision.stated_at, revision.recorded_at, revision.id))
    valid = [revision for revision in ordered if revision.voided_at is None and revision.stated_at <= now]
    official = [revision for revision in valid if revision.stated_by != "candidate"]
    hearsay = [revision for revision in valid if revision.stated_by == "candidate"]
    slips = _slips(official, client) | _slips(hearsay, client)
    entries = {revision.id: TimelineEntry(**dict(revision), slip=slips.get(revision.id)) for revision in ordered}
    current = _latest_dated(official) or _latest_dated(hearsay)
    first = _first_decision(hearsay if current in hearsay else official)
    decision = current.decision_by if current else None
    return TimelineOut(
        job_id=job_id,
        current=entries[current.id] if current else None,
        date=_date(current) if current else None,
        first_decision_by=first,
        slip=client.bdays(first, decision) if first and decision else None,
        revisions=list(entries.values()),
    )


def _date(revision: TimelineRevisionOut) -> date | None:
    return max((day for day in (revision.decision_by, revision.contact_from) if day is not None), default=None)


def _latest_dated(revisions: Revisions) -> TimelineRevisionOut | None:
    return next((revision for revision in reversed(revisions) if _date(revision) is not None), None)


def _first_decision(revisions: Revisions) -> date | None:
    return next((revision.decision_by for revision in revisions if revision.decision_by is not None), None)


def _slips(revisions: Revisions, client: Calendar) -> dict[UUID, int]:
    """Return a mapping from revision id to the business days by which it postponed the decision date before it."""
    slips: dict[UUID, int] = {}
    before: date | None = None
    for revision in revisions:
        if revision.decision_by is not None:
            if before is not None:
                slips[revision.id] = client.bdays(before, revision.decision_by)
            before = revision.decision_by
    return slips
