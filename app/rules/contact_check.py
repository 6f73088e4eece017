"""Check of a contact before it is made: assess the history with and without the contact, and compare the flags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app.rules.assess import assess
from app.rules.assessment_inputs import Situation
from app.rules.contact_reasons import explain_objection
from app.rules.flags import Flag, FlagKind, diff
from app.rules.history import CANDIDATE, History, Interaction
from app.rules.policy import Policy

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
"""Channels to suggest in place of a channel that the client does not want, in this order."""

_JUST_AFTER = timedelta(microseconds=1)
_MAX_STEPS = 120
"""The maximum number of later instants to try when searching for a time at which the contact raises no flag."""

_CADENCE = frozenset({FlagKind.OVER_CONTACTING, FlagKind.PREMATURE_CONTACT, FlagKind.OFF_CHANNEL_CONTACT})


class Objection(NamedTuple):
    """A flag against a contact: the flag with the contact, and the flag of that kind without the contact, if any."""

    flag: Flag
    current: Flag | None


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """The result of a check: `ok`, or the flags against the contact with a reason for each.

    `until` is the earliest instant at which the contact would raise no flag. `channels` are other channels that would
    raise no flag: now if `until` is None, else from `until` on. `channels` is empty if the channel is not the problem.
    If `until` is None and `channels` is empty, no better time was found.
    """

    ok: bool
    until: datetime | None = None
    channels: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    reasons: tuple[str, ...] = ()


def check_contact(history: History, policy: Policy, interaction: Interaction) -> ContactAnswer:
    """Return whether a contact, at the instant of `interaction`, would raise flags, and when it would raise none.

    Flags count if the contact would raise them or make them more severe. Flags of `cadence.py` also count if the
    contact would add evidence to them.
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
        # Every channel is wrong, and time does not change that.
        return ContactAnswer(False, None, free, flags, reasons)
    until = _first_free_time(known, policy, right[0])
    if until is not None:
        later = [replace(other, at=until) for other in right]
        free = tuple(other.channel for other in later if not _consequences(known, policy, other)[0])
    return ContactAnswer(False, until, free, flags, reasons)


def _wrong_channel(objections: tuple[Objection, ...]) -> bool:
    return any(objection.flag.kind is FlagKind.OFF_CHANNEL_CONTACT for objection in objections)


def _first_free_time(known: History, policy: Policy, interaction: Interaction) -> datetime | None:
    """Return the first instant after that of `interaction` at which the contact would raise no flag, or None.

    None means that no instant was found within the maximum number of steps.
    """
    _, until = _consequences(known, policy, interaction)
    for _ in range(_MAX_STEPS):
        if until is None:
            break
        step: datetime | None = None
        # A contact is judged by the state just before it, so a change helps just after its instant.
        for at in (until, until + _JUST_AFTER):
            later, step = _consequences(known, policy, replace(interaction, at=at))
            if not later:
                return at
        until = step
    return None


def _consequences(
    known: History, policy: Policy, interaction: Interaction
) -> tuple[tuple[Objection, ...], datetime | None]:
    """Return the flags against the contact, and the next instant at which these flags may differ, or None."""
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
        # From here on the guidance permits one contact, though no flag changes.
        steps.append(known.client.sod(window.judged_on))
    if interaction.sender == CANDIDATE and (episodes := Situation(known, policy, at).episodes):
        # A contact soon after another one joins its episode and is judged with it.
        steps.append(episodes[-1][0].at + timedelta(minutes=policy.episode_minutes))
    return raised + worse, min((step for step in steps if step > at), default=None)
