"""Request and response schemas of backfills."""

from app.kit.field_types import At, Id, In, Out


class BackfillIn(In):
    """A backfill to start: fetch everything that changed in the CRM since a date."""

    since: At


class SyncRunOut(Out):
    """The progress of a backfill in one list of the CRM, such as its candidates."""

    stream: str
    seen: int
    """The number of records that the CRM returned."""
    new: int
    """The number of returned records that were new or had a new version."""
    empty: bool | None
    """True: the CRM returned nothing, not even without the date limit. If it has records, check the rights of its API
    user."""
    finished_at: At | None
    failure: str | None


class BackfillOut(Out):
    """A backfill and its progress. A backfill that a restart interrupts continues by itself."""

    id: Id
    since: At
    reason: str
    created_at: At
    finished_at: At | None
    streams: list[SyncRunOut]
