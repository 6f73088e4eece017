"""Findings: the collector to which the rules of one assessment add their flags, actions and next change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.rules.action_kinds import Action, ActionKind
from app.rules.calendar import Calendar
from app.rules.calendar_exceptions import written_exceptions
from app.rules.flags import Flag, FlagKind, Severity


class Findings:
    """The flags and actions that the rules have found so far, and the next instant at which they may change."""

    __slots__ = ("actions", "flags", "next_change_at", "now")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.flags: list[Flag] = []
        self.actions: list[Action] = []
        self.next_change_at: datetime | None = None

    def recheck_at(self, at: datetime) -> None:
        """Note an instant at which the assessment may change without a new fact. Past instants are ignored."""
        if at > self.now and (self.next_change_at is None or at < self.next_change_at):
            self.next_change_at = at

    def add_flag(
        self, kind: FlagKind, severity: Severity, since: datetime, evidence: tuple[str, ...], detail: dict[str, Any]
    ) -> None:
        """Add a flag to the findings of the assessment."""
        self.flags.append(Flag(kind, severity, since, evidence, detail))

    def add_action(
        self,
        kind: ActionKind,
        opens_at: datetime,
        due_at: datetime,
        detail: dict[str, Any],
        subject: str = "",
        interview_id: str = "",
    ) -> None:
        """Add an action to the findings of the assessment. `opens_at` may be in the future."""
        self.actions.append(Action(kind, opens_at, due_at, subject, detail, interview_id))


def calendar_fields(calendar: Calendar) -> dict[str, Any]:
    """Return the zone, the region and the exceptions of a calendar as a mapping.

    Each `detail` of a flag or action begins with these fields, so that its dates can be read later.
    """
    detail: dict[str, Any] = {"zone": calendar.zone, "region": calendar.region}
    if calendar.exceptions:
        detail["exceptions"] = list(written_exceptions(calendar.exceptions))
    return detail
