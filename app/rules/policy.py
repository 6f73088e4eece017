"""The numbers an agency may set: their defaults, their limits, and how one set of overrides lies over another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import time
from typing import Any

from app.rules.validation import Fault, field_faults, field_names, threshold_faults

NOON = time(12)


@dataclass(frozen=True, slots=True)
class ThresholdSet:
    """Watch from the first number, warning from the second, critical from the third."""

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
    offer: ThresholdSet = field(default_factory=lambda: ThresholdSet(1, 2, 3))
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
    """Business days the candidate waits for the recruiter's answer; `client` is the ladder of the client's asks."""

    enabled: bool = True
    watch: int = 2
    warning: int = 3
    critical: int = 5
    client: ThresholdSet = field(default_factory=lambda: ThresholdSet(1, 2, 3))


@dataclass(frozen=True, slots=True)
class UpdateOwed:
    """Business days without a word to the candidate; `known_date` where they know the date of the decision."""

    enabled: bool = True
    watch: int = 5
    warning: int = 8
    critical: int = 12
    known_date: int = 10


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
    """The same-day duty; with `late_after` set, late interviews are due at `late_due` on the next business day.

    `lapse_days` business days after the interview it is too late for a first impression.
    """

    enabled: bool = True
    late_after: time | None = None
    late_due: time = NOON
    lapse_days: int = 10


@dataclass(frozen=True, slots=True)
class DebriefOverdue:
    """Business days after the due date; `lapse_days` business days after the interview the debrief lapses."""

    enabled: bool = True
    warning: int = 2
    lapse_days: int = 10


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
    """Business days after the promised day; your own promise is to be kept from `ahead_days` days before that day."""

    enabled: bool = True
    warning: int = 2
    ahead_days: int = 7


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
class CheckOverdue:
    """Business days to arrange a check and to conclude it, and after the due date."""

    enabled: bool = True
    arrange_days: int = 2
    result_days: int = 5
    warning: int = 2
    critical: int = 4


@dataclass(frozen=True, slots=True)
class ResignationOverdue:
    """Business days to resign once nothing holds it back, and after the due date."""

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
    """Business days to agree the first day once the offer is accepted, and after the due date."""

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
    """Days between two words with a candidate who is kept warm."""

    enabled: bool = True
    every_days: int = 45


@dataclass(frozen=True, slots=True)
class ThankYou:
    """An interview that ended before `morning_before` is thanked for that day; after `expires_hours` it is too late."""

    enabled: bool = True
    morning_before: time = NOON
    expires_hours: int = 48


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number the rules use. A rule's own are in the section of its name; three are shared."""

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
    """The policy that comes of laying each set of overrides over the one before it and the first over the defaults.

    A field that is absent or null is inherited. The overrides must be free of `problems`; a ValueError says otherwise.
    """
    policy = DEFAULTS
    for override in overrides:
        found = list(field_faults(policy, override, ""))
        if found:
            raise ValueError(": ".join(found[0]))
        policy = _overlaid(policy, override)
    return policy


def values(policy: Policy) -> dict[str, Any]:
    """Every field of a policy in the shape of overrides, ready for JSON."""
    return {name: _as_json(getattr(policy, name)) for name in field_names(policy)}


def policy_faults(overrides: Mapping[str, Any], base: Policy | Mapping[str, Any] = DEFAULTS) -> list[Fault]:
    """What is wrong with overrides laid over a base: a JSON pointer and a sentence for each fault.

    Faults are an unknown field, a value of the wrong type, a number below 1 (`grace` may be 0) or above 10,000, and a
    ladder that goes down once it is laid over the base.
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
