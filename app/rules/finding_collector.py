"""Collector for the flags, the actions and the next change of one assessment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.rules.action_kinds import Action, ActionKind
from app.rules.calendar import Calendar
from app.rules.calendar_exceptions import written_exceptions
from app.rules.flags import Flag, FlagKind, Severity


class Findings:
    """The flags, actions and next change that the rules of one assessment report."""

    __slots__ = ("actions", "flags", "next_change_at", "now")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.flags: list[Flag] = []
        self.actions: list[Action] = []
        self.next_change_at: datetime | None = None

    def recheck_at(self, at: datetime) -> None:
        """Report an instant at which time alone may change the result. Past instants are ignored."""
        if at > self.now and (self.next_change_at is None or at < self.next_change_at):
            self.next_change_at = at

    def add_flag(
        self, kind: FlagKind, severity: Severity, since: datetime, evidence: tuple[str, ...], detail: dict[str, Any]
    ) -> None:
        """Add a flag."""
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
        """Add an action, which may open later."""
        self.actions.append(Action(kind, opens_at, due_at, subject, detail, interview_id))


def calendar_fields(calendar: Calendar) -> dict[str, Any]:
    """Return the first fields of a detail: zone, region and exceptions of the calendar of its dates."""
    detail: dict[str, Any] = {"zone": calendar.zone, "region": calendar.region}
    if calendar.exceptions:
        detail["exceptions"] = list(written_exceptions(calendar.exceptions))
    return detail
