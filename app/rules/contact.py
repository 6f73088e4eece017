"""May this contact be made now? The engine's own answer to the history with that contact added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.rules.assess import assess
from app.rules.flags import Flag, FlagKind, diff
from app.rules.history import History, Interaction
from app.rules.policy import Policy

_MOST_STEPS = 120
"""Instants to try before saying that there is no time in sight."""

_CADENCE = frozenset({FlagKind.OVER_CONTACTING, FlagKind.PREMATURE_CONTACT, FlagKind.OFF_CHANNEL_CONTACT})


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """`ok`, or the flags that speak against it, with `until`: the first time at which none would, if in sight."""

    ok: bool
    until: datetime | None
    flags: tuple[Flag, ...]


def check_contact(history: History, policy: Policy, interaction: Interaction) -> ContactAnswer:
    """What would come of a contact made at its `at`, and when it would do no harm, as far as time alone goes.

    Against it speak the flags that it would raise or step up, and the cadence flags that stand and that it would feed.
    """
    known = history.as_of(interaction.at)
    flags, step = _consequences(known, policy, interaction)
    if not flags:
        return ContactAnswer(True, None, ())
    if any(flag.kind is FlagKind.OFF_CHANNEL_CONTACT for flag in flags):
        # What is the wrong place today is the wrong place tomorrow.
        return ContactAnswer(False, None, flags)
    for _ in range(_MOST_STEPS):
        if step is None:
            break
        until = step
        later, step = _consequences(known, policy, replace(interaction, at=until))
        if not later:
            return ContactAnswer(False, until, flags)
    return ContactAnswer(False, None, flags)


def _consequences(known: History, policy: Policy, interaction: Interaction) -> tuple[tuple[Flag, ...], datetime | None]:
    """The flags that speak against the contact, and the next instant at which that may be otherwise."""
    at = interaction.at
    before = assess(known, policy, at)
    after = assess(replace(known, interactions=(*known.interactions, interaction)), policy, at)
    changes = diff(before.flags, after.flags)
    worse = tuple(
        new
        for old, new in changes.changed
        if new.severity > old.severity or (new.kind in _CADENCE and interaction.id in new.evidence)
    )
    steps = [step for step in (before.next_change_at, after.next_change_at) if step is not None]
    return changes.raised + worse, min(steps, default=None)
