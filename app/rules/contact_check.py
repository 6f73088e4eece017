"""May this contact be made now? The engine's own answer to the history with that contact added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app.rules.assess import assess
from app.rules.contact_reasons import explain_objection
from app.rules.flags import Flag, FlagKind, diff
from app.rules.history import CANDIDATE, History, Interaction
from app.rules.policy import Policy
from app.rules.situation import Situation

CHANNELS = (
    "phone",
    "email",
    "video",
    "in_person",
    "sms",
    "whatsapp",
    "voicemail",
    "portal",
    "linkedin",
    "facebook",
    "other_social",
)
"""Channels to suggest in place of a wrong one, in that order."""

_JUST_AFTER = timedelta(microseconds=1)
_MAX_STEPS = 120
"""Instants to try before saying that there is no time in sight."""

_CADENCE = frozenset({FlagKind.OVER_CONTACTING, FlagKind.PREMATURE_CONTACT, FlagKind.OFF_CHANNEL_CONTACT})


class Objection(NamedTuple):
    """A flag that the contact would raise or feed, and the flag of that kind that stands without it."""

    flag: Flag
    current: Flag | None


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """`ok`, or the flags that speak against the contact and a sentence for each.

    `channels` are other channels by which the contact would raise no flag: at once where `until` is None, else from
    `until` on. They are empty where the channel is not what is wrong. Without `until` and `channels` no time is in
    sight.
    """

    ok: bool
    until: datetime | None = None
    channels: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    reasons: tuple[str, ...] = ()


def check_contact(history: History, policy: Policy, interaction: Interaction) -> ContactAnswer:
    """Return what a contact made at its `at` would bring, and when it would do no harm, as far as time alone goes.

    Against it speak the flags that it would raise or step up, and the cadence flags that stand and that it would feed.
    """
    known = history.as_of(interaction.at)
    objections, _ = _consequences(known, policy, interaction)
    if not objections:
        return ContactAnswer(True)
    flags = tuple(objection.flag for objection in objections)
    reasons = tuple(explain_objection(*objection, interaction) for objection in objections)
    if not _wrong_channel(objections):
        return ContactAnswer(False, _first_free_time(known, policy, interaction), (), flags, reasons)
    others = [replace(interaction, channel=channel) for channel in CHANNELS if channel != interaction.channel]
    against = {other.channel: _consequences(known, policy, other)[0] for other in others}
    right = [other for other in others if not _wrong_channel(against[other.channel])]
    free = tuple(channel for channel, found in against.items() if not found)
    if free or not right:
        # With no right channel, the wrong place today is the wrong place tomorrow.
        return ContactAnswer(False, None, free, flags, reasons)
    until = _first_free_time(known, policy, right[0])
    if until is not None:
        later = [replace(other, at=until) for other in right]
        free = tuple(other.channel for other in later if not _consequences(known, policy, other)[0])
    return ContactAnswer(False, until, free, flags, reasons)


def _wrong_channel(objections: tuple[Objection, ...]) -> bool:
    return any(objection.flag.kind is FlagKind.OFF_CHANNEL_CONTACT for objection in objections)


def _first_free_time(known: History, policy: Policy, interaction: Interaction) -> datetime | None:
    """The first instant after its `at` at which the contact would raise no flag, or None where none is in sight."""
    _, until = _consequences(known, policy, interaction)
    for _ in range(_MAX_STEPS):
        if until is None:
            break
        step: datetime | None = None
        # A contact is judged by what was known just before it: what changes at an instant helps just after it.
        for at in (until, until + _JUST_AFTER):
            later, step = _consequences(known, policy, replace(interaction, at=at))
            if not later:
                return at
        until = step
    return None


def _consequences(
    known: History, policy: Policy, interaction: Interaction
) -> tuple[tuple[Objection, ...], datetime | None]:
    """The flags that speak against the contact, and the next instant at which that may be otherwise."""
    at = interaction.at
    before = assess(known, policy, at)
    after = assess(replace(known, interactions=(*known.interactions, interaction)), policy, at)
    changes = diff(before.flags, after.flags)
    raised = tuple(Objection(flag, None) for flag in changes.raised)
    worse = tuple(
        Objection(new, old)
        for old, new in changes.changed
        if new.severity > old.severity or (new.kind in _CADENCE and interaction.id in new.evidence)
    )
    steps = [step for step in (before.next_change_at, after.next_change_at) if step is not None]
    window = before.follow_up_window
    if window is not None:
        # From here on one contact is let off, though nothing that stands changes.
        steps.append(known.client.sod(window.judged_on))
    if interaction.sender == CANDIDATE and (episodes := Situation(known, policy, at).episodes):
        # A contact soon after another one joins it, and is judged with it.
        steps.append(episodes[-1][0].at + timedelta(minutes=policy.episode_minutes))
    return raised + worse, min((step for step in steps if step > at), default=None)
