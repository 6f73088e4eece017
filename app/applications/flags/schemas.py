"""Schemas of stored flags and of the rules' precision."""

from typing import Literal

from app.kit.field_types import At, Id, In, Line, Out
from app.webhooks.events import FlagState

FlagKindName = Literal[
    "going_quiet",
    "client_quiet",
    "reply_owed",
    "update_owed",
    "over_contacting",
    "premature_contact",
    "off_channel_contact",
    "follow_up_overdue",
    "debrief_overdue",
    "timeline_missing",
    "timeline_overdue",
    "commitment_overdue",
    "nothing_booked",
    "closure_owed",
    "check_overdue",
    "resignation_overdue",
    "counter_offer_open",
    "start_unsettled",
]
SeverityName = Literal["watch", "warning", "critical"]


class FlagStep(Out):
    """A severity of the flag, and since when it had it."""

    at: At
    severity: SeverityName


class FlagOut(Out):
    """One episode of a flag, from the moment it is raised until it is cleared."""

    id: Id
    application_id: Id
    candidate: str
    job: str
    organisation: str
    recruiter_id: Id | None
    kind: FlagKindName
    severity: SeverityName
    state: FlagState
    since: At
    reason: str
    evidence: list[str]
    clears: str
    guidance: str
    raised_at: At
    changed_at: At
    cleared_at: At | None
    steps: list[FlagStep]
    handled_at: At | None
    snoozed_until: At | None
    handled_reason: str | None


class AcknowledgeIn(In):
    """The acknowledgement of a flag. It stays, and its action leaves the worklist."""

    reason: Line | None = None


class SnoozeIn(In):
    """The snooze of a flag. Its action comes back to the worklist at `until`."""

    until: At
    reason: Line | None = None


class DismissIn(In):
    """The dismissal of a flag as wrong. It stays dismissed until new evidence, and counts against its rule."""

    reason: Line


class RulePrecision(Out):
    """The measured precision of a rule at this agency."""

    kind: FlagKindName
    guidance: str
    clears: str
    raised: int
    """Episodes so far."""
    dismissed: int
    """Episodes that a recruiter called wrong."""
    precision: float | None
    """1 − dismissed ÷ raised; null before the first episode."""


class RulesOut(Out):
    """All rules, in the order of the rule book."""

    rules_version: int
    items: list[RulePrecision]
