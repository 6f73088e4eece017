"""Ids that a reader can tell apart: 01980000-0000-7KKK-8000-00000000000N, K for the kind and N for the number."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.kit.ids import new_id

KINDS = (
    "agency",
    "recruiter",
    "api_key",
    "organisation",
    "client_contact",
    "job",
    "candidate",
    "application",
    "interview",
    "interaction",
    "timeline_revision",
    "commitment",
    "transition",
    "waiver",
    "flag",
    "action",
    "event",
    "policy_change",
    "reassessment",
    "spreadsheet_import",
    "connection",
    "connection_secret",
    "arrival",
    "backfill",
    "walk",
    "stage_move",
    "delivery",
    "webhook_endpoint",
    "webhook_secret",
    "attempt",
    "check",
    "milestone",
    "keep_warm_mark",
)
_UNWRITTEN = 1000
"""What nobody wrote down, such as most flags and every event, is numbered from here on, in the order of its making."""


def demo_id(kind: str, number: int) -> UUID:
    """The id of the demo's thing of a kind by its number. It has UUIDv7's form and sorts before every real one."""
    return UUID(f"01980000-0000-7{KINDS.index(kind) + 1:03x}-8000-{number:012d}")


class Numbers:
    """Hands out the demo's ids: those of facts as they are written down, which is the same order on every day."""

    def __init__(self) -> None:
        self._written: Counter[str] = Counter()
        self._made: Counter[str] = Counter()
        self._kept: dict[str, list[UUID]] = {}

    def write_down(self, kind: str) -> UUID:
        """The id of the next thing of a kind that the diary tells of."""
        self._written[kind] += 1
        return demo_id(kind, self._written[kind])

    def keep(self, ids: Mapping[str, Sequence[UUID]]) -> None:
        """What the next use-case makes shall have these ids; those kept before are forgotten."""
        self._kept = {kind: list(some) for kind, some in ids.items()}

    def make(self, kind: str) -> UUID:
        """What a use-case calls for an id."""
        if kept := self._kept.get(kind):
            return kept.pop(0)
        if kind not in KINDS:
            return new_id(kind)
        self._made[kind] += 1
        return demo_id(kind, _UNWRITTEN + self._made[kind])
