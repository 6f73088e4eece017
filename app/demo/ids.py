"""Ids for the demo's records, in the form of `app/console/fixture_ids.py`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.console.fixture_ids import KINDS, demo_id
from app.kit.ids import new_id

_FIRST_UNRECORDED = 1000
"""The number above which records without a recorder entry are numbered, such as most flags and all events."""


class DemoIds:
    """Gives ids to the demo's records. Records with a recorder entry have the same ids each time that the demo is
    loaded.
    """

    def __init__(self) -> None:
        self._recorded: Counter[str] = Counter()
        self._made: Counter[str] = Counter()
        self._next: dict[str, list[UUID]] = {}

    def next_recorded(self, kind: str) -> UUID:
        """Return the id for the next record of a kind that a recorder entry makes. Numbers begin with 1."""
        self._recorded[kind] += 1
        return demo_id(kind, self._recorded[kind])

    def set_next(self, ids: Mapping[str, Sequence[UUID]]) -> None:
        """Set the ids, by kind, for the records that the next use-case makes. They replace those set before."""
        self._next = {kind: list(values) for kind, values in ids.items()}

    def make(self, kind: str) -> UUID:
        """Return the id for a new record of a kind: the next id set by `set_next`, else a new id."""
        if next_ids := self._next.get(kind):
            return next_ids.pop(0)
        if kind not in KINDS:
            return new_id(kind)
        self._made[kind] += 1
        return demo_id(kind, _FIRST_UNRECORDED + self._made[kind])
