"""Wire shapes of flags as they live."""

from typing import Literal

from app.kit.fields import At, Id, In, Line, Out
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
    """A severity the flag had, and from when."""

    at: At
    severity: SeverityName


class FlagOut(Out):
    """One episode of a flag: raised, perhaps stepped up or down, perhaps handled, cleared."""

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
    """Seen: the flag stays and leaves the worklist."""

    reason: Line | None = None


class SnoozeIn(In):
    """Not now: the flag stays and its action comes back to the worklist at `until`."""

    until: At
    reason: Line | None = None


class DismissIn(In):
    """Wrong: counted against the rule. It stays dismissed until a new fact joins its evidence."""

    reason: Line


class RulePrecision(Out):
    """How a rule has done at this agency."""

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
    """Every rule, in the order of the rule book."""

    rules_version: int
    items: list[RulePrecision]
