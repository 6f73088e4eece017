"""The policy of the rules: numbers and switches that an agency can set, with defaults and overrides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import time
from typing import Any

from app.rules.policy_validation import Fault, field_faults, field_names, threshold_faults

NOON = time(12)


@dataclass(frozen=True, slots=True)
class ThresholdSet:
    """Three thresholds: the numbers from which a severity is watch, warning and critical."""

    watch: int
    warning: int
    critical: int


@dataclass(frozen=True, slots=True)
class GoingQuiet:
    """Settings of the flag `going_quiet`: business days of the candidate's silence after an ask.

    `offer` has the thresholds for an ask while an offer is open. `max_silence` and `max_silence_accepted` limit silence
    without an ask. `attempts` is the number of unanswered attempts that make a warning.
    """

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
    """Settings of the flag `client_quiet`: business days without an answer of the client to the recruiter."""

    enabled: bool = True
    watch: int = 2
    warning: int = 4
    critical: int = 7


@dataclass(frozen=True, slots=True)
class ReplyOwed:
    """Settings of the flag `reply_owed`: business days without an answer of the recruiter to the candidate.

    `client` has the thresholds for asks of the client.
    """

    enabled: bool = True
    watch: int = 2
    warning: int = 3
    critical: int = 5
    client: ThresholdSet = field(default_factory=lambda: ThresholdSet(1, 2, 3))


@dataclass(frozen=True, slots=True)
class UpdateOwed:
    """Settings of the flag `update_owed`: business days without a message to the candidate.

    `known_date` applies to candidates who know the client's decision date.
    """

    enabled: bool = True
    watch: int = 5
    warning: int = 8
    critical: int = 12
    known_date: int = 10


@dataclass(frozen=True, slots=True)
class OverContacting:
    """Settings of the flag `over_contacting`: numbers of contacts by the candidate within `window_days` days."""

    enabled: bool = True
    window_days: int = 7
    watch: int = 2
    warning: int = 3
    critical: int = 5


@dataclass(frozen=True, slots=True)
class PrematureContact:
    """Settings of the flag `premature_contact`: days to wait before asking where the client has named no date."""

    enabled: bool = True
    default_wait_days: int = 7


@dataclass(frozen=True, slots=True)
class OffChannelContact:
    """Settings of the flag `off_channel_contact`, which ends `open_days` days after the contact."""

    enabled: bool = True
    open_days: int = 14


@dataclass(frozen=True, slots=True)
class FollowUpOverdue:
    """Settings of the flag `follow_up_overdue`: the follow-up is due on the day of the interview.

    The follow-up is no longer required after `lapse_days` business days. With `late_after` set, the follow-up of an
    interview that ends later is due at `late_due` on the next business day.
    """

    enabled: bool = True
    late_after: time | None = None
    late_due: time = NOON
    lapse_days: int = 10


@dataclass(frozen=True, slots=True)
class DebriefOverdue:
    """Settings of the flag `debrief_overdue`: business days after the due date from which it is a warning.

    The debrief is no longer required `lapse_days` business days after the interview.
    """

    enabled: bool = True
    warning: int = 2
    lapse_days: int = 10


@dataclass(frozen=True, slots=True)
class TimelineMissing:
    """Settings of the flag `timeline_missing`: business days after the due date from which it is a warning.

    A statement of the client without a date moves the due date by `grace` business days.
    """

    enabled: bool = True
    warning: int = 3
    grace: int = 3


@dataclass(frozen=True, slots=True)
class TimelineOverdue:
    """Settings of the flag `timeline_overdue`: business days after the client's date from which it is critical."""

    enabled: bool = True
    critical: int = 5


@dataclass(frozen=True, slots=True)
class CommitmentOverdue:
    """Settings of the flag `commitment_overdue`: business days after the promised day from which it is a warning.

    The action for the recruiter's own promise opens `ahead_days` days before that day.
    """

    enabled: bool = True
    warning: int = 2
    ahead_days: int = 7


@dataclass(frozen=True, slots=True)
class NothingBooked:
    """Settings of the flag `nothing_booked`: business days after the due date from which it is a warning."""

    enabled: bool = True
    warning: int = 2


@dataclass(frozen=True, slots=True)
class ClosureOwed:
    """Settings of the flag `closure_owed`: thresholds in business days after the due date.

    The flag ends `open_days` days after the application or its job was closed.
    """

    enabled: bool = True
    warning: int = 2
    critical: int = 4
    open_days: int = 30


@dataclass(frozen=True, slots=True)
class CheckOverdue:
    """Settings of the flag `check_overdue`: business days to arrange and to conclude a check.

    The thresholds are in business days after the due date.
    """

    enabled: bool = True
    arrange_days: int = 2
    result_days: int = 5
    warning: int = 2
    critical: int = 4


@dataclass(frozen=True, slots=True)
class ResignationOverdue:
    """Settings of the flag `resignation_overdue`: business days to resign once the candidate is free to do so.

    The thresholds are in business days after the due date.
    """

    enabled: bool = True
    resign_days: int = 2
    warning: int = 2
    critical: int = 4


@dataclass(frozen=True, slots=True)
class CounterOfferOpen:
    """The switch of the flag `counter_offer_open`, for a counter-offer that has not been declined."""

    enabled: bool = True


@dataclass(frozen=True, slots=True)
class StartUnsettled:
    """Settings of the flag `start_unsettled`: business days after the acceptance in which to agree the first day.

    `warning` is a threshold in business days after the due date.
    """

    enabled: bool = True
    agree_days: int = 3
    warning: int = 3


@dataclass(frozen=True, slots=True)
class WrittenOffer:
    """Settings of the action `get_in_writing`: business days to get an accepted offer in writing."""

    enabled: bool = True
    days: int = 2


@dataclass(frozen=True, slots=True)
class Notice:
    """Settings of the action `notice_check_in`: days between two talks with a candidate in the notice period."""

    enabled: bool = True
    every_days: int = 7


@dataclass(frozen=True, slots=True)
class KeepWarm:
    """Settings of the action `keep_in_touch`: days between two contacts with a candidate who is kept warm."""

    enabled: bool = True
    every_days: int = 45


@dataclass(frozen=True, slots=True)
class ThankYou:
    """Settings of the action `remind_thank_you`.

    The note for an interview that ends before `morning_before` is due that day, else the next morning. The action ends
    `expires_hours` hours after the interview.
    """

    enabled: bool = True
    morning_before: time = NOON
    expires_hours: int = 48


@dataclass(frozen=True, slots=True)
class Policy:
    """All numbers and switches of the rules: a section for each rule, and three numbers that several rules share."""

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
    """Return the default policy with the overrides applied in order.

    A missing or null field is inherited from the policy before. Raises ValueError for an unknown field or a wrong type;
    check the overrides with `policy_faults` first.
    """
    policy = DEFAULTS
    for override in overrides:
        found = list(field_faults(policy, override, ""))
        if found:
            raise ValueError(": ".join(found[0]))
        policy = _overlaid(policy, override)
    return policy


def values(policy: Policy) -> dict[str, Any]:
    """Return every field of a policy as a nested mapping that is ready for JSON and can be passed to `overlay`."""
    return {name: _as_json(getattr(policy, name)) for name in field_names(policy)}


def policy_faults(overrides: Mapping[str, Any], base: Policy | Mapping[str, Any] = DEFAULTS) -> list[Fault]:
    """Return the faults of overrides of a base policy, each as a pair of a JSON pointer and a sentence.

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
