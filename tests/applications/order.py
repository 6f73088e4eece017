"""What must be told before what, for the API to take a life in any other order than the one it happened in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Fact:
    """One call: `at` is when it happened and so from when it can be told, `needs` are the labels told before it."""

    label: str
    kind: str
    at: datetime
    body: dict[str, Any]
    needs: set[str] = field(default_factory=set)
    about: str | None = None
    """What it changes, voids or calls about."""


JUDGED = {"transition", "interview", "follow-ups", "debriefs", "milestone"}
"""What the API accepts or refuses by what it knows."""
CHANGES = {"patch", "check step", "keep end", "void", "correct", "status", "move", "settings"}
MOVES = {"transition", "keep"}
"""What the API takes only in its order: moves of the stage, and marks, which an application takes once it has ended."""
REVISES = {"void", "correct", "move"}
"""What changes the past: whatever was judged by it must have been told before."""


def bind(plain: list[Fact]) -> None:
    """Say what must be told before what, out of facts that were accepted in this order."""
    for position, fact in enumerate(plain):
        earlier = plain[:position]
        if fact.kind in CHANGES:
            fact.needs |= {one.label for one in earlier if one.about == fact.about and one.kind in CHANGES}
        if fact.kind in REVISES:
            fact.needs |= {one.label for one in earlier if one.kind in JUDGED}
        if fact.kind in JUDGED:
            fact.needs |= {one.label for one in earlier if one.kind in JUDGED and one.at == fact.at}
        if fact.kind in MOVES or fact.about in _moves(plain):
            moves = [one for one in earlier if one.kind in MOVES or one.about in _moves(plain)]
            fact.needs |= {one.label for one in moves}
        if fact.kind == "keep":
            fact.needs |= {one.label for one in earlier if one.kind in JUDGED}
        if fact.kind in {"follow-ups", "debriefs"}:
            fact.needs |= {one.label for one in earlier if one.kind == "move" and one.about == fact.about}


def _moves(plain: list[Fact]) -> set[str]:
    return {one.label for one in plain if one.kind in MOVES}
