"""Order constraints of facts: which facts the API needs before which, when a life is recorded in another order."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Fact:
    """One request. `at` is when it happened; `needs` are the labels of facts that must be recorded first."""

    label: str
    kind: str
    at: datetime
    body: dict[str, Any]
    needs: set[str] = field(default_factory=set)
    about: str | None = None
    """The labels of the facts that it changes, voids or refers to."""


JUDGED = {"transition", "interview", "follow-ups", "debriefs", "milestone"}
"""Kinds of facts whose acceptance depends on other facts."""
CHANGES = {"patch", "check step", "keep end", "void", "correct", "status", "move", "settings"}
MOVES = {"transition", "keep"}
"""Kinds of facts that need their order: stage moves, and marks, which need an ended application."""
REVISES = {"void", "correct", "move"}
"""Kinds of facts that change the past. Facts judged by it must be recorded first."""


def bind(plain: list[Fact]) -> None:
    """Derive the order constraints from facts that were accepted in this order."""
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
