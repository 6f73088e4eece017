"""API schemas of stored flags, and of the precision of the rules that raise them."""

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
    """A severity that the flag had, and the instant from which it had this severity."""

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
    """The acknowledgement of a flag. The flag stays, and its action leaves the worklist."""

    reason: Line | None = None


class SnoozeIn(In):
    """The snooze of a flag. The flag's action returns to the worklist at `until`."""

    until: At
    reason: Line | None = None


class DismissIn(In):
    """The dismissal of a flag as wrong.

    The flag stays dismissed until there is new evidence, and counts against its rule.
    """

    reason: Line


class RulePrecision(Out):
    """The precision of a rule at this agency: the share of its flags that were not dismissed."""

    kind: FlagKindName
    guidance: str
    clears: str
    raised: int
    """How often the rule's flag has been raised."""
    dismissed: int
    """How often a recruiter dismissed the rule's flag as wrong."""
    precision: float | None
    """1 − dismissed ÷ raised; null if the flag was never raised."""


class RulesOut(Out):
    """All rules with their precision, in the order of the rule book."""

    rules_version: int
    items: list[RulePrecision]
