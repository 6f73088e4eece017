"""The numbers an agency may set: their defaults, their limits, and how one set of overrides lies over another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import time
from itertools import pairwise
from typing import Any

NOON = time(12)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST = 10_000
"""No number may be above this: it keeps every date the rules reckon inside the calendar."""


@dataclass(frozen=True, slots=True)
class Ladder:
    watch: int
    warning: int
    critical: int


@dataclass(frozen=True, slots=True)
class GoingQuiet:
    """Business days of the candidate's silence; `offer` is the ladder while an offer is out."""

    enabled: bool = True
    watch: int = 2
    warning: int = 4
    critical: int = 7
    offer: Ladder = field(default_factory=lambda: Ladder(1, 2, 3))
    max_silence: int = 10
    max_silence_accepted: int = 5
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class ClientQuiet:
    """Business days of the client's silence after an ask."""

    enabled: bool = True
    watch: int = 2
    warning: int = 4
    critical: int = 7


@dataclass(frozen=True, slots=True)
class ReplyOwed:
    """Business days the candidate waits for the recruiter's answer."""

    enabled: bool = True
    watch: int = 2
    warning: int = 3
    critical: int = 5


@dataclass(frozen=True, slots=True)
class OverContacting:
    """Episodes of contact in the last `window_days` local dates."""

    enabled: bool = True
    window_days: int = 7
    watch: int = 2
    warning: int = 3
    critical: int = 5


@dataclass(frozen=True, slots=True)
class PrematureContact:
    """Days to wait before asking where no timeline is known."""

    enabled: bool = True
    default_wait_days: int = 7


@dataclass(frozen=True, slots=True)
class OffChannelContact:
    """Days for which a contact in the wrong place is worth a word."""

    enabled: bool = True
    open_days: int = 14


@dataclass(frozen=True, slots=True)
class FollowUpOverdue:
    """The same-day duty; with `late_after` set, late interviews are due at `late_due` on the next business day."""

    enabled: bool = True
    late_after: time | None = None
    late_due: time = NOON


@dataclass(frozen=True, slots=True)
class DebriefOverdue:
    """Business days after the due date."""

    enabled: bool = True
    warning: int = 2


@dataclass(frozen=True, slots=True)
class TimelineMissing:
    """Business days after the due date, and of `grace` after a statement that named no date."""

    enabled: bool = True
    warning: int = 3
    grace: int = 3


@dataclass(frozen=True, slots=True)
class TimelineOverdue:
    """Business days after the date the client named."""

    enabled: bool = True
    critical: int = 5


@dataclass(frozen=True, slots=True)
class CommitmentOverdue:
    """Business days after the promised day."""

    enabled: bool = True
    warning: int = 2


@dataclass(frozen=True, slots=True)
class NothingBooked:
    """Business days after the due date."""

    enabled: bool = True
    warning: int = 2


@dataclass(frozen=True, slots=True)
class ClosureOwed:
    """Business days after the due date; `open_days` after the door closed it is too late for the flag to help."""

    enabled: bool = True
    warning: int = 2
    critical: int = 4
    open_days: int = 30


@dataclass(frozen=True, slots=True)
class ThankYou:
    """An interview that ended before `morning_before` is thanked for the same day; after `expires_hours` it is too late."""

    enabled: bool = True
    morning_before: time = NOON
    expires_hours: int = 48


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number the rules use. A rule's own are in the section of its name; three are shared."""

    going_quiet: GoingQuiet = field(default_factory=GoingQuiet)
    client_quiet: ClientQuiet = field(default_factory=ClientQuiet)
    reply_owed: ReplyOwed = field(default_factory=ReplyOwed)
    over_contacting: OverContacting = field(default_factory=OverContacting)
    premature_contact: PrematureContact = field(default_factory=PrematureContact)
    off_channel_contact: OffChannelContact = field(default_factory=OffChannelContact)
    follow_up_overdue: FollowUpOverdue = field(default_factory=FollowUpOverdue)
    debrief_overdue: DebriefOverdue = field(default_factory=DebriefOverdue)
    timeline_missing: TimelineMissing = field(default_factory=TimelineMissing)
    timeline_overdue: TimelineOverdue = field(default_factory=TimelineOverdue)
    commitment_overdue: CommitmentOverdue = field(default_factory=CommitmentOverdue)
    nothing_booked: NothingBooked = field(default_factory=NothingBooked)
    closure_owed: ClosureOwed = field(default_factory=ClosureOwed)
    thank_you: ThankYou = field(default_factory=ThankYou)
    reply_window_hours: int = 48
    episode_minutes: int = 60
    chase_spacing_days: int = 7


DEFAULTS = Policy()


def overlay(*overrides: Mapping[str, Any]) -> Policy:
    """The policy that comes of laying each set of overrides over the one before it and the first over the defaults.

    A field that is absent or null is inherited. The overrides must be free of `problems`; a ValueError says otherwise.
    """
    policy = DEFAULTS
    for override in overrides:
        found = list(_misfits(policy, override, ""))
        if found:
            raise ValueError(": ".join(found[0]))
        policy = _laid_over(policy, override)
    return policy


def values(policy: Policy) -> dict[str, Any]:
    """Every field of a policy in the shape of overrides, ready for JSON."""
    return {name: _as_json(getattr(policy, name)) for name in _names(policy)}


def problems(overrides: Mapping[str, Any], base: Policy | Mapping[str, Any] = DEFAULTS) -> list[tuple[str, str]]:
    """What is wrong with overrides laid over a base: a JSON pointer and a sentence for each fault, none when all is well.

    Faults are an unknown field, a value of the wrong type, a number below 1 (`grace` may be 0) or above 10,000, and a
    ladder that goes down once it is laid over the base.
    """
    policy = base if isinstance(base, Policy) else overlay(base)
    found = list(_misfits(policy, overrides, ""))
    return found or list(_broken_ladders(_laid_over(policy, overrides), overrides, ""))


def _names(section: Any) -> tuple[str, ...]:
    return tuple(part.name for part in fields(section))


def _as_json(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _as_json(getattr(value, name)) for name in _names(value)}
    return value.strftime("%H:%M") if isinstance(value, time) else value


def _laid_over(section: Any, overrides: Mapping[str, Any]) -> Any:
    changes: dict[str, Any] = {}
    for name, value in overrides.items():
        if value is None:
            continue
        inherited = getattr(section, name)
        if is_dataclass(inherited):
            changes[name] = _laid_over(inherited, value)
        else:
            changes[name] = time.fromisoformat(value) if isinstance(value, str) else value
    return replace(section, **changes)


def _misfits(section: Any, overrides: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    """Faults that show without knowing what is inherited."""
    known = _names(section)
    for name, value in overrides.items():
        here = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
        if name not in known:
            yield here, "There is no such field in the policy."
        elif value is None:
            continue
        else:
            inherited = getattr(section, name)
            if not is_dataclass(inherited):
                yield from ((here, fault) for fault in _faults(name, inherited, value))
            elif isinstance(value, Mapping):
                yield from _misfits(inherited, value, here)
            else:
                yield here, "This must be an object."


def _faults(name: str, inherited: Any, value: Any) -> Iterator[str]:
    if isinstance(inherited, bool):
        if not isinstance(value, bool):
            yield "This must be true or false."
    elif isinstance(inherited, int):
        lowest = 0 if name == "grace" else 1
        if isinstance(value, bool) or not isinstance(value, int):
            yield "This must be a whole number."
        elif not lowest <= value <= MOST:
            yield f"This must be between {lowest} and {MOST}."
    elif not isinstance(value, str) or not _CLOCK.fullmatch(value):
        yield "This must be a time of day such as 12:00."


def _broken_ladders(section: Any, overrides: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    """Rungs of one section, or of the sections inside it, that stand below the rung before them."""
    rungs = [name for name in ("watch", "warning", "critical") if name in _names(section)]
    for lower, higher in pairwise(rungs):
        if getattr(section, higher) < getattr(section, lower):
            named = lower if lower in overrides and higher not in overrides else higher
            yield f"{pointer}/{named}", f"A ladder must not go down: {lower} is above {higher}."
    for name in _names(section):
        inner = getattr(section, name)
        if is_dataclass(inner):
            yield from _broken_ladders(inner, overrides.get(name) or {}, f"{pointer}/{name}")
