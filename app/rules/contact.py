"""May this contact be made now? The engine's own answer to the history with that contact added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.rules.assess import assess
from app.rules.flags import Flag, diff
from app.rules.history import History, Interaction
from app.rules.policy import Policy

_MOST_STEPS = 120
"""Instants to try before saying that there is no time in sight."""


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """`flags`: what the contact would raise or step up. `until`: the first time at which it would raise none."""

    ok: bool
    until: datetime | None
    flags: tuple[Flag, ...]


def check_contact(history: History, policy: Policy, interaction: Interaction) -> ContactAnswer:
    """The flags that this contact would raise or step up if it were made at its `at`, and when it would raise none."""
    flags, step = _consequences(history, policy, interaction)
    if not flags:
        return ContactAnswer(True, None, ())
    for _ in range(_MOST_STEPS):
        if step is None:
            break
        until = step
        later, step = _consequences(history, policy, replace(interaction, at=until))
        if not later:
            return ContactAnswer(False, until, flags)
    return ContactAnswer(False, None, flags)


def _consequences(
    history: History, policy: Policy, interaction: Interaction
) -> tuple[tuple[Flag, ...], datetime | None]:
    """What the contact would raise or step up, and the next instant at which that may be otherwise."""
    at = interaction.at
    known = history.as_of(at)
    before = assess(known, policy, at)
    after = assess(replace(known, interactions=(*known.interactions, interaction)), policy, at)
    changes = diff(before.flags, after.flags)
    stepped = tuple(new for old, new in changes.changed if new.severity > old.severity)
    steps = [step for step in (before.next_change_at, after.next_change_at) if step is not None]
    return changes.raised + stepped, min(steps, default=None)
