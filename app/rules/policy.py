"""The policy: numbers and switches that an agency can set, with defaults and inheritance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import time
from typing import Any

from app.rules.policy_validation import Fault, field_faults, field_names, threshold_faults

NOON = time(12)


@dataclass(frozen=True, slots=True)
class ThresholdSet:
    """Three thresholds: watch from the first number, warning from the second, critical from the third."""

    watch: int
    warning: int
    critical: int


@dataclass(frozen=True, slots=True)
class GoingQuiet:
    """Thresholds in business days of the candidate's silence; `offer` holds those while an offer is out."""

    enabled: bool = True
    watch: int = 2
    warning: int = 4
    critical: int = 7
    offer: ThresholdSet = field(default_factory=lambda: ThresholdSet(1, 2, 3))
    max_silence: int = 10
    max_silence_accepted: int = 5
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class ClientQuiet:
    """Thresholds in business days of the client's silence after an ask."""

    enabled: bool = True
    watch: int = 2
    warning: int = 4
    critical: int = 7


@dataclass(frozen=True, slots=True)
class ReplyOwed:
    """Thresholds in business days of waiting for the recruiter's answer; `client` holds those for the client's asks."""

    enabled: bool = True
    watch: int = 2
    warning: int = 3
    critical: int = 5
    client: ThresholdSet = field(default_factory=lambda: ThresholdSet(1, 2, 3))


@dataclass(frozen=True, slots=True)
class UpdateOwed:
    """Thresholds in business days without a message to the candidate; `known_date` applies if they know the decision
    date."""

    enabled: bool = True
    watch: int = 5
    warning: int = 8
    critical: int = 12
    known_date: int = 10


@dataclass(frozen=True, slots=True)
class OverContacting:
    """Thresholds in episodes of contact within the last `window_days` local dates."""

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
    """Days during which a contact through the wrong channel is flagged."""

    enabled: bool = True
    open_days: int = 14


@dataclass(frozen=True, slots=True)
class FollowUpOverdue:
    """The follow-up due on the day of the interview, which lapses after `lapse_days` business days.

    With `late_after` set, late interviews are due at `late_due` on the next business day.
    """

    enabled: bool = True
    late_after: time | None = None
    late_due: time = NOON
    lapse_days: int = 10


@dataclass(frozen=True, slots=True)
class DebriefOverdue:
    """Threshold in business days after the due date. The debrief lapses `lapse_days` business days after the
    interview."""

    enabled: bool = True
    warning: int = 2
    lapse_days: int = 10


@dataclass(frozen=True, slots=True)
class TimelineMissing:
    """Threshold in business days after the due date; `grace` business days follow a statement without a date."""

    enabled: bool = True
    warning: int = 3
    grace: int = 3


@dataclass(frozen=True, slots=True)
class TimelineOverdue:
    """Threshold in business days after the date that the client named."""

    enabled: bool = True
    critical: int = 5


@dataclass(frozen=True, slots=True)
class CommitmentOverdue:
    """Threshold in business days after the promised day. The action for your own promise opens `ahead_days` days
    before it."""

    enabled: bool = True
    warning: int = 2
    ahead_days: int = 7


@dataclass(frozen=True, slots=True)
class NothingBooked:
    """Threshold in business days after the due date."""

    enabled: bool = True
    warning: int = 2


@dataclass(frozen=True, slots=True)
class ClosureOwed:
    """Thresholds in business days after the due date. The flag ends `open_days` days after the closing."""

    enabled: bool = True
    warning: int = 2
    critical: int = 4
    open_days: int = 30


@dataclass(frozen=True, slots=True)
class CheckOverdue:
    """Business days to arrange and to conclude a check, and thresholds in business days after the due date."""

    enabled: bool = True
    arrange_days: int = 2
    result_days: int = 5
    warning: int = 2
    critical: int = 4


@dataclass(frozen=True, slots=True)
class ResignationOverdue:
    """Business days to resign once the candidate is free to do so, and thresholds after the due date."""

    enabled: bool = True
    resign_days: int = 2
    warning: int = 2
    critical: int = 4


@dataclass(frozen=True, slots=True)
class CounterOfferOpen:
    """A counter-offer that has not been declined."""

    enabled: bool = True


@dataclass(frozen=True, slots=True)
class StartUnsettled:
    """Business days to agree the first day after the acceptance, and a threshold after the due date."""

    enabled: bool = True
    agree_days: int = 3
    warning: int = 3


@dataclass(frozen=True, slots=True)
class WrittenOffer:
    """Business days to get the offer in writing."""

    enabled: bool = True
    days: int = 2


@dataclass(frozen=True, slots=True)
class Notice:
    """Days between two talks with a candidate in their notice period."""

    enabled: bool = True
    every_days: int = 7


@dataclass(frozen=True, slots=True)
class KeepWarm:
    """Days between two contacts with a candidate who is kept warm."""

    enabled: bool = True
    every_days: int = 45


@dataclass(frozen=True, slots=True)
class ThankYou:
    """Notes for interviews that end before `morning_before` are due that day; after `expires_hours` it is too late."""

    enabled: bool = True
    morning_before: time = NOON
    expires_hours: int = 48


@dataclass(frozen=True, slots=True)
class Policy:
    """All numbers and switches of the rules. Each rule has its section; three numbers are shared."""

    going_quiet: GoingQuiet = field(default_factory=GoingQuiet)
    client_quiet: ClientQuiet = field(default_factory=ClientQuiet)
    reply_owed: ReplyOwed = field(default_factory=ReplyOwed)
    update_owed: UpdateOwed = field(default_factory=UpdateOwed)
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
    check_overdue: CheckOverdue = field(default_factory=CheckOverdue)
    resignation_overdue: ResignationOverdue = field(default_factory=ResignationOverdue)
    counter_offer_open: CounterOfferOpen = field(default_factory=CounterOfferOpen)
    start_unsettled: StartUnsettled = field(default_factory=StartUnsettled)
    thank_you: ThankYou = field(default_factory=ThankYou)
    written_offer: WrittenOffer = field(default_factory=WrittenOffer)
    notice: Notice = field(default_factory=Notice)
    keep_warm: KeepWarm = field(default_factory=KeepWarm)
    reply_window_hours: int = 48
    episode_minutes: int = 60
    chase_spacing_days: int = 7


DEFAULTS = Policy()


def overlay(*overrides: Mapping[str, Any]) -> Policy:
    """Return the policy with the overrides applied in order over the defaults.

    A missing or null field is inherited. Raises ValueError for an unknown field or a wrong type; check the overrides
    with `policy_faults` first.
    """
    policy = DEFAULTS
    for override in overrides:
        found = list(field_faults(policy, override, ""))
        if found:
            raise ValueError(": ".join(found[0]))
        policy = _overlaid(policy, override)
    return policy


def values(policy: Policy) -> dict[str, Any]:
    """Return every field of a policy in the shape of overrides, ready for JSON."""
    return {name: _as_json(getattr(policy, name)) for name in field_names(policy)}


def policy_faults(overrides: Mapping[str, Any], base: Policy | Mapping[str, Any] = DEFAULTS) -> list[Fault]:
    """Return the faults of overrides applied to a base: a JSON pointer and a sentence for each.

    Faults are unknown fields, wrong types, numbers below 1 (0 for `grace`) or above 10,000, and decreasing thresholds.
    """
    policy = base if isinstance(base, Policy) else overlay(base)
    found = list(field_faults(policy, overrides, ""))
    return found or list(threshold_faults(_overlaid(policy, overrides), overrides, ""))


def _as_json(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _as_json(getattr(value, name)) for name in field_names(value)}
    return value.strftime("%H:%M") if isinstance(value, time) else value


def _overlaid(section: Any, overrides: Mapping[str, Any]) -> Any:
    changes: dict[str, Any] = {}
    for name, value in overrides.items():
        if value is None:
            continue
        inherited = getattr(section, name)
        if is_dataclass(inherited):
            changes[name] = _overlaid(inherited, value)
        else:
            changes[name] = time.fromisoformat(value) if isinstance(value, str) else value
    return replace(section, **changes)
