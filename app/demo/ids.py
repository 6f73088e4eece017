"""Ids for the demo's records, in the form of `app/console/fixture_ids.py`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.console.fixture_ids import KINDS, demo_id
from app.kit.ids import new_id

_FIRST_UNRECORDED = 1000
"""The first number of records without an entry of their own, such as most flags and all events."""


class DemoIds:
    """Gives ids to the demo's records. They are the same on every day on which the demo is loaded."""

    def __init__(self) -> None:
        self._recorded: Counter[str] = Counter()
        self._made: Counter[str] = Counter()
        self._next: dict[str, list[UUID]] = {}

    def next_recorded(self, kind: str) -> UUID:
        """Return the id of the next record of a kind that has an entry."""
        self._recorded[kind] += 1
        return demo_id(kind, self._recorded[kind])

    def set_next(self, ids: Mapping[str, Sequence[UUID]]) -> None:
        """Set the ids of the records that the next use-case makes."""
        self._next = {kind: list(values) for kind, values in ids.items()}

    def make(self, kind: str) -> UUID:
        """Return an id for a use-case."""
        if next_ids := self._next.get(kind):
            return next_ids.pop(0)
        if kind not in KINDS:
            return new_id(kind)
        self._made[kind] += 1
        return demo_id(kind, _FIRST_UNRECORDED + self._made[kind])
