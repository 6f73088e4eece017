"""Handing out the demo's ids (`app/console/fixture_ids.py`)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.console.fixture_ids import KINDS, demo_id
from app.kit.ids import new_id

_UNWRITTEN = 1000
"""What nobody wrote down, such as most flags and every event, is numbered from here on, in the order of its making."""


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
