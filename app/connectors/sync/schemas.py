"""Wire shapes of backfills."""

from app.kit.field_types import At, Id, In, Out


class BackfillIn(In):
    """Bring in what changed in the CRM since then."""

    since: At


class WalkOut(Out):
    """One stream of a backfill: how far it has come."""

    stream: str
    seen: int
    """Things that the CRM told of."""
    new: int
    """Those of them that were not known in that version."""
    empty: bool | None
    """True: the CRM returned nothing, not even of older date. If it has some, check what its API user may read."""
    finished_at: At | None
    failure: str | None


class BackfillOut(Out):
    """A backfill and its progress. It goes on by itself, also after a restart."""

    id: Id
    since: At
    why: str
    created_at: At
    finished_at: At | None
    streams: list[WalkOut]
